"""Single-use login codes, login sessions with their rotating refresh tokens, and identities at a login provider.

Of every secret only its hash is stored.
"""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from shared.database import Identified
from shared.errors import DomainError
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.database import Base, Recorded


class LoginRefused(DomainError):
    """Unknown, used or expired: all look the same. `error` is for clients that know RFC 6749, section 5.2."""

    status = HTTPStatus.UNAUTHORIZED
    code = "login_refused"
    message = "This login is no longer valid. Please log in again."
    members = {"error": "invalid_grant"}


class RefreshTokenReused(LoginRefused):
    """Somebody holds a copy of the token: the whole login session must end (RFC 9700, section 4.14.2)."""

    def __init__(self, session_id: UUID) -> None:
        self.session_id = session_id
        super().__init__()


class IdentityUnknown(DomainError):
    """The login provider knows the person, and we do not know which of ours it is."""

    status = HTTPStatus.FORBIDDEN
    code = "identity_unknown"
    message = "Your account is not connected with a person here. Please ask your office to enter you with its address."
    members = {"error": "invalid_grant"}


class LoginNotOffered(DomainError):
    status = HTTPStatus.BAD_REQUEST
    code = "login_not_offered"
    message = "This way of logging in is not set up here."
    members = {"error": "unsupported_grant_type"}


class LoginCode(Identified, Recorded, Base):
    """A code that logs a person in once.

    One without person was made for an address that nobody has: the work is the same, and it opens nothing.
    """

    __tablename__ = "login_code"

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
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
    """One refresh token of a session."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("login_session.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime | None]
    login: Mapped[LoginSession] = relationship(lazy="joined", innerjoin=True)


class ExternalIdentity(Identified, Recorded, Base):
    """What a login provider calls a person for ever (`iss` and `sub` of OpenID Connect Core, section 5.7).

    A person has one at a provider: whoever gets a former colleague's address there does not become that colleague.
    """

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("issuer", "person_id"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]


class UsedIdToken(Base):
    """An ID token that was accepted, until it expires. Known by its nonce: its text could be written differently."""

    __tablename__ = "used_id_token"

    nonce_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
