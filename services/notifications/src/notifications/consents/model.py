"""Consents to the newsletter, as the registry tells of them."""

from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from notifications.database import Base


class Subscription(Base):
    """One consent; written by `upsert_if_newer` alone. A withdrawn one keeps its row, so that nothing brings it back.

    `networks` are slugs. `unsubscribe_token` goes into each mail and is forgotten with the withdrawal; the registry
    knows it by its hash.
    """

    __tablename__ = "subscription"

    id: Mapped[UUID] = mapped_column(primary_key=True)  # the consent's
    sequence: Mapped[int]
    person_id: Mapped[UUID]
    networks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    everywhere: Mapped[bool]
    unsubscribe_token: Mapped[str | None]
    withdrawn: Mapped[bool]

    __table_args__ = (Index("ix_subscription_person_id", "person_id", postgresql_where="NOT withdrawn"),)
