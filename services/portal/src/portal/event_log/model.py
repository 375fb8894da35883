"""Every public event of the district, as it came, for people to look at."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class EventEntry(Base):
    """`position` grows in the order of commits (see `consumers`), `time` is when it happened, `body` is all of it."""

    __tablename__ = "event_entry"

    position: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    type: Mapped[str]
    networkid: Mapped[str | None]
    subject: Mapped[str]
    time: Mapped[datetime]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_event_entry_type", "type", "position"),
        Index("ix_event_entry_networkid", "networkid", "position"),
    )
