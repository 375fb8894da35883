"""The plan of a meeting: everything that its planner decides, and what makes no sense together."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from shared.contracts.events import Attendance, MeetingKind, Visibility
from shared.errors import DomainError
from shared.i18n import N_

ONLINE = "Online"  # the place of a meeting that has no other


class EndsBeforeStart(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "ends_before_start"
    message = N_("The meeting must end after it starts.")
    field = "ends_at"


class PlaceMissing(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "place_missing"
    message = N_("Please choose a village, name the place or enter the address of the online meeting.")
    field = "place"


class RegistrationEndsFirst(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "registration_ends_first"
    message = N_("Registration must end after it begins.")
    field = "registration_until"


class RegistrationTooLong(DomainError):
    """Nobody can register for what is over."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "registration_too_long"
    message = N_("Registration must end before the meeting does.")
    field = "registration_until"


@dataclass(frozen=True)
class AgendaPoint:
    """One thing to talk about; `minutes` is the time planned for it."""

    title: str
    minutes: int | None = None


@dataclass(frozen=True)
class Plan:
    """Times are UTC; the place is not empty. `online_link` is for those who come, and for nobody else.

    Without an `agenda` that of a present meeting stays as it is: its items have a life of their own.
    """

    kind: MeetingKind
    title: str
    description: str
    village_id: UUID | None
    place: str
    starts_at: datetime
    ends_at: datetime
    agenda: tuple[AgendaPoint, ...] | None = None
    online_link: str | None = None
    organisation_ids: tuple[UUID, ...] = ()
    capacity: int | None = None
    registration_from: datetime | None = None
    registration_until: datetime | None = None
    visibility: Visibility = Visibility.PUBLIC

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise EndsBeforeStart
        if not self.place:
            raise PlaceMissing
        if self.registration_until is not None:
            if self.registration_from is not None and self.registration_until <= self.registration_from:
                raise RegistrationEndsFirst
            if self.registration_until > self.ends_at:
                raise RegistrationTooLong


def attendance(place: str, online_link: str | None) -> Attendance:
    """How one takes part in a meeting at this place, with this address."""
    if online_link is None:
        return Attendance.ON_SITE
    return Attendance.ONLINE if place == ONLINE else Attendance.HYBRID
