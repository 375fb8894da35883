"""Other systems that read with rights of their own."""

from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Grant, Role, ScopeKind
from shared.database import Identified
from shared.errors import DomainError
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base, Recorded


class ClientRefused(DomainError):
    """RFC 6749, section 5.2: which of id and secret is wrong is not told."""

    status = HTTPStatus.UNAUTHORIZED
    code = "client_refused"
    message = "This client is not known, its secret is wrong, or its time is over."
    members = {"error": "invalid_client"}
    headers = {"www-authenticate": 'Basic realm="dorfnetz", charset="UTF-8"'}


class ApiClient(Identified, Recorded, Base):
    """Its role is `api_client` in one scope, until `ends_on` (included; None: without end) or until it is ended.

    Its secret is shown once, when it is made or renewed, and stored as a hash.
    """

    __tablename__ = "api_client"
    __table_args__ = (sa.CheckConstraint("(scope = 'district') = (scope_id IS NULL)", name="scope"),)

    name: Mapped[str]  # of the system, not of a person
    secret_hash: Mapped[bytes]
    scope: Mapped[ScopeKind]
    scope_id: Mapped[UUID | None] = mapped_column(index=True)
    ends_on: Mapped[date | None]
    created_by: Mapped[UUID]
    renewed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    def as_grant(self, scope_key: str | None) -> Grant:
        return Grant(
            role=Role.API_CLIENT, scope=self.scope, scope_id=self.scope_id, scope_key=scope_key, ends_on=self.ends_on
        )

    def holds_on(self, day: date) -> bool:
        """Whether the client may log in on this day."""
        return self.ended_at is None and (self.ends_on is None or self.ends_on >= day)
