"""Grants: a role of a person in a scope, for a time."""

from collections.abc import Iterator
from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Access, Grant, Principal, Role, ScopeKind
from shared.database import Identified
from shared.dates import format_day, start_of_day
from shared.errors import DomainError, Forbidden
from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base, Recorded

SCOPE_OF = {
    Role.DISTRICT_OFFICER: ScopeKind.DISTRICT,
    Role.MUNICIPALITY_OFFICER: ScopeKind.MUNICIPALITY,
    Role.NETWORK_COORDINATOR: ScopeKind.NETWORK,
    Role.ASSOCIATION_CONTACT: ScopeKind.ASSOCIATION,
    Role.VOLUNTEER: ScopeKind.ONESELF,
}
STAFF = (Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)
# Which roles the holder of a role may give; the scope must lie within the holder's own, and so must the time.
_BELOW_STAFF = frozenset({Role.ASSOCIATION_CONTACT, Role.VOLUNTEER, Role.API_CLIENT})
MAY_GIVE = {
    Role.DISTRICT_OFFICER: frozenset(Role),
    Role.MUNICIPALITY_OFFICER: _BELOW_STAFF | {Role.MUNICIPALITY_OFFICER},
    Role.NETWORK_COORDINATOR: _BELOW_STAFF | {Role.NETWORK_COORDINATOR},
}


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


class GrantInThePast(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "grant_in_the_past"
    message = "A grant begins today or later."
    field = "starts_on"


class GrantEndsBeforeItBegins(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "grant_ends_before_it_begins"
    message = "A grant cannot end before it begins."
    field = "ends_on"


class LongerThanHeld(DomainError):
    """A rule of the same kind as the scope: who leaves in June gives nothing until July."""

    status = HTTPStatus.FORBIDDEN
    code = "longer_than_held"
    message = "Your own grant ends on {day}. You cannot give it for longer."
    field = "ends_on"


class AccessGrant(Identified, Recorded, Base):
    """A role of a person in a scope, given by somebody (None: by an operator).

    It holds from `starts_on` to `ends_on`, both included (None: without end), or until it is taken back (`ended_at`).
    The database refuses two of the same kind that share a day.
    """

    __tablename__ = "access_grant"
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_it_begins"),
        ExcludeConstraint(
            ("person_id", "="),
            ("role", "="),
            (sa.text("coalesce(scope_id, '00000000-0000-0000-0000-000000000000'::uuid)"), "="),
            (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
            where=sa.text("ended_at IS NULL"),
            name="ex_access_grant_held_once",
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role]
    scope: Mapped[ScopeKind]
    scope_id: Mapped[UUID | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    given_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]

    def as_grant(self, scope_key: str | None) -> Grant:
        return Grant(
            role=self.role, scope=self.scope, scope_id=self.scope_id, scope_key=scope_key, ends_on=self.ends_on
        )

    def end(self, now: datetime) -> bool:
        """Take the grant back; returns whether that is new."""
        if self.ended_at is not None:
            return False
        self.ended_at = now
        return True


def check_may_give(access: Access, role: Role, **where: UUID | None) -> None:
    """Nobody gives more than they hold. `where` names the places that the scope lies in, as for `Access.covers`."""
    if next(_grants_to_give_by(access, role, where), None) is None:
        raise Forbidden


def check_may_give_until(access: Access, role: Role, ends_on: date | None, **where: UUID | None) -> None:
    """Like `check_may_give`, for a grant that is going to last until `ends_on` (None: without end).

    Raises `LongerThanHeld`, too.
    """
    last_days = [grant.ends_on for grant in _grants_to_give_by(access, role, where)]
    if not last_days:
        raise Forbidden
    latest = max((day for day in last_days if day is not None), default=date.max)
    if None not in last_days and (ends_on is None or ends_on > latest):
        raise LongerThanHeld(day=format_day(start_of_day(latest)))


def _grants_to_give_by(access: Access, role: Role, where: dict[str, UUID | None]) -> Iterator[Grant]:
    """Those grants of the caller that allow giving this role there."""
    for grant in access.principal.grants:
        alone = Principal(access.principal.id, (grant,))
        if role in MAY_GIVE.get(grant.role, ()) and Access(alone, frozenset({grant.role})).covers(**where):
            yield grant
