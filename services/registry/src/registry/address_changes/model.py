"""A new email address waits until somebody who reads that mailbox says so: it is a key to the account."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.database import Identified
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base, Recorded

LIFETIME = timedelta(hours=24)


class AddressChange(Identified, Recorded, Base):
    """The address that somebody wants to have. Of the link's secret only its hash is stored.

    Each person has one at most: who asks again has typed the first one wrong.
    """

    __tablename__ = "address_change"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    email: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
