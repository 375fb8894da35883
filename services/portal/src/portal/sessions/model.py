"""Who is logged in, and who is on the way. A cookie's secret is not stored, only its hash; what it opens is sealed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Session(Base):
    """`grants` are those of the access token; `ends_at` is the absolute end, `seen_at` counts for the idle end.

    `id` names the session in the list of one's own; it opens nothing. `device` is such as "Firefox, Windows".
    """

    __tablename__ = "session"

    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    grants: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    tokens: Mapped[str]
    device: Mapped[str]
    access_ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class PendingLogin(Base):
    """Somebody who was sent to the office's provider and has not come back yet.

    `state_hash` is of the value that the provider sends back, `browser_hash` of the cookie of the browser that left.
    """

    __tablename__ = "pending_login"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[str]
    ends_at: Mapped[datetime] = mapped_column(index=True)
