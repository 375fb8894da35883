"""Grants of roles, single-use login codes, and login sessions with their rotating refresh tokens."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Access, Grant, Role, ScopeKind
from shared.database import Identified
from shared.errors import DomainError, Forbidden
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.database import Base, Recorded

SCOPE_OF = {
    Role.DISTRICT_OFFICER: ScopeKind.DISTRICT,
    Role.MUNICIPALITY_OFFICER: ScopeKind.MUNICIPALITY,
    Role.NETWORK_COORDINATOR: ScopeKind.NETWORK,
    Role.ASSOCIATION_CONTACT: ScopeKind.ASSOCIATION,
    Role.VOLUNTEER: ScopeKind.ONESELF,
}
# Which roles the holder of a role may give; the scope must lie within the holder's own.
MAY_GIVE = {
    Role.DISTRICT_OFFICER: frozenset(SCOPE_OF),
    Role.MUNICIPALITY_OFFICER: frozenset({Role.MUNICIPALITY_OFFICER, Role.ASSOCIATION_CONTACT, Role.VOLUNTEER}),
    Role.NETWORK_COORDINATOR: frozenset({Role.NETWORK_COORDINATOR, Role.ASSOCIATION_CONTACT, Role.VOLUNTEER}),
}


class LoginRefused(DomainError):
    """Unknown, used or expired: all look the same."""

    status = HTTPStatus.UNAUTHORIZED
    code = "login_refused"
    message = "This login is no longer valid. Please log in again."


class RefreshTokenReused(LoginRefused):
    """Somebody holds a copy of the token: the whole login session must end (RFC 9700, section 4.14.2)."""

    def __init__(self, session_id: UUID) -> None:
        self.session_id = session_id
        super().__init__()


class UnknownScope(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_scope"
    message = "What this grant is for is not registered."
    field = "scope_id"


class WrongScope(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "wrong_scope"
    message = "A grant of this role needs exactly the place or the association that it is for."
    field = "scope_id"


class AlreadyGranted(DomainError):
    code = "already_granted"
    message = "This person already has this grant."
    field = "role"


class AccessGrant(Identified, Recorded, Base):
    """A role of a person in a scope, given by somebody (None: by an operator), until it is taken back."""

    __tablename__ = "access_grant"
    __table_args__ = (
        sa.Index(
            "uq_access_grant_held",
            "person_id",
            "role",
            sa.text("coalesce(scope_id, '00000000-0000-0000-0000-000000000000'::uuid)"),
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role]
    scope: Mapped[ScopeKind]
    scope_id: Mapped[UUID | None]
    given_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]

    def as_grant(self, scope_key: str | None) -> Grant:
        return Grant(role=self.role, scope=self.scope, scope_id=self.scope_id, scope_key=scope_key)

    def end(self, now: datetime) -> None:
        """Take the grant back; a second time changes nothing."""
        self.ended_at = self.ended_at or now


def check_may_give(access: Access, role: Role, **where: UUID | None) -> None:
    """Nobody gives more than they hold. `where` names the places that the scope lies in, as for `Access.covers`."""
    for holding, given in MAY_GIVE.items():
        if role in given and Access(access.principal, frozenset({holding})).covers(**where):
            return
    raise Forbidden


class LoginCode(Identified, Recorded, Base):
    """A code that logs a person in once. Only its hash is stored."""

    __tablename__ = "login_code"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class LoginSession(Identified, Recorded, Base):
    """What begins with a login and ends at the latest at `expires_at`, however often its token is refreshed."""

    __tablename__ = "login_session"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class RefreshToken(Recorded, Base):
    """One refresh token of a session. Only its hash is stored."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("login_session.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime | None]
    login: Mapped[LoginSession] = relationship(lazy="joined", innerjoin=True)
