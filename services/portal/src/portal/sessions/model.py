"""Who is logged in. The cookie's secret is not stored, only its hash; the tokens are encrypted with that secret."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Session(Base):
    """`grants` are those of the access token; `ends_at` is the absolute end, `seen_at` counts for the idle end."""

    __tablename__ = "session"

    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID]
    grants: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    tokens: Mapped[str]
    access_ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
