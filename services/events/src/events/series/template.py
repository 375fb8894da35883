"""What the dates of a series have in common: everything of a meeting's plan but its day."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from shared.contracts.events import MeetingKind, Visibility
from shared.dates import in_berlin

from events.meetings.plan import AgendaPoint, Plan
from events.series.rhythm import moment


class Point(BaseModel):
    """One item of the agenda with which new dates begin."""

    title: str
    minutes: int | None


class Template(BaseModel):
    """As it is stored. Times of registration are minutes before the beginning, by the clock on the wall."""

    model_config = ConfigDict(frozen=True)
    kind: MeetingKind
    title: str
    description: str
    village_id: UUID | None
    place: str
    online_link: str | None
    organisation_ids: tuple[UUID, ...]
    capacity: int | None
    visibility: Visibility
    registration_from: int | None
    registration_until: int | None
    agenda: tuple[Point, ...]

    @classmethod
    def of(cls, plan: Plan, agenda: tuple[Point, ...]) -> "Template":
        """`agenda` holds where the plan leaves the agenda as it is."""
        if plan.agenda is not None:
            agenda = tuple(Point(title=point.title, minutes=point.minutes) for point in plan.agenda)
        return cls(
            kind=plan.kind,
            title=plan.title,
            description=plan.description,
            village_id=plan.village_id,
            place=plan.place,
            online_link=plan.online_link,
            organisation_ids=plan.organisation_ids,
            capacity=plan.capacity,
            visibility=plan.visibility,
            registration_from=_minutes_before(plan.starts_at, plan.registration_from),
            registration_until=_minutes_before(plan.starts_at, plan.registration_until),
            agenda=agenda,
        )

    def plan(self, day: date, clock: time, minutes: int, *, with_agenda: bool) -> Plan:
        """The plan of one date. Without its agenda that of a present meeting stays: items have lives."""
        return Plan(
            kind=self.kind,
            title=self.title,
            description=self.description,
            village_id=self.village_id,
            place=self.place,
            starts_at=moment(day, clock),
            ends_at=moment(day, clock, minutes),
            agenda=tuple(AgendaPoint(one.title, one.minutes) for one in self.agenda) if with_agenda else None,
            online_link=self.online_link,
            organisation_ids=self.organisation_ids,
            capacity=self.capacity,
            registration_from=_at(day, clock, self.registration_from),
            registration_until=_at(day, clock, self.registration_until),
            visibility=self.visibility,
        )


def wall_minutes(earlier: datetime, later: datetime) -> int:
    """Minutes between two moments by the clock on the wall: 120 from 18 to 20 o'clock on every day of the year."""
    start, end = (in_berlin(one).replace(tzinfo=None) for one in (earlier, later))
    return int((end - start) / timedelta(minutes=1))


def _minutes_before(starts_at: datetime, other: datetime | None) -> int | None:
    return None if other is None else wall_minutes(other, starts_at)


def _at(day: date, clock: time, minutes_before: int | None) -> datetime | None:
    return None if minutes_before is None else moment(day, clock, -minutes_before)
