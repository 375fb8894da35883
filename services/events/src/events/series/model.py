"""The series: a rhythm, what its dates have in common, and how far they are planned."""

from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.events import MeetingKind
from shared.database import Identified, Versioned
from shared.dates import day_of, in_berlin
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import CheckConstraint, Date
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from events.database import Base
from events.meetings.model import Meeting, MeetingStatus
from events.meetings.plan import Plan
from events.series.rhythm import Rhythm
from events.series.template import Point, Template, wall_minutes

WEEKS_AHEAD = 6


class InSeriesAlready(DomainError):
    code = "in_series_already"
    message = N_("This meeting is already a date of a series.")


class DayTaken(DomainError):
    code = "series_day_taken"
    message = N_("The series has another date on this day.")


class CourseNotSplit(DomainError):
    """Whoever registers for a course registers for all of its dates."""

    code = "course_not_split"
    message = N_("A course stays together. Please change this date alone or all of them.")


class CourseWithoutEnd(DomainError):
    """Whoever registers for a course wants to know for which dates."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "course_without_end"
    message = N_("A course has a last date. Please choose until when it goes.")
    field = "rule"


class CourseBegunAlone(DomainError):
    """Who registered for one date has not registered for the others."""

    code = "course_begun_alone"
    message = N_("People already know of this meeting alone. Please copy it, and make the copy a date of the course.")


class NoCourse(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "no_course"
    message = N_("Only a training series is a course with one registration.")
    field = "one_registration"


class SeriesDayFixed(DomainError):
    """Another day for all dates is another rhythm."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "series_day_fixed"
    message = N_("The day can be changed for this date alone. For other days of all dates, please change the rhythm.")
    field = "starts_at"


class SeriesPublished(DomainError):
    code = "series_already_published"
    message = N_("The series is already published.")


class Series(Identified, Versioned, Base):
    """Its dates are meetings with `series_id`; `series_day` is the day for which the rule made one.

    `weeks_ahead`: each date of a published series is published so long before; None: all at once, as in a course.
    Of a course, for all of whose dates one registers once, `course_id` is the first of them: registrations stand under
    that meeting (decision 0039). `follows` is the series from which it was split. `planned_until` is the last day up to
    which there are meetings.
    """

    __tablename__ = "series"

    revision: Mapped[int] = mapped_column(default=1)
    network: Mapped[str] = mapped_column(index=True)  # slug
    starts_on: Mapped[date]
    clock: Mapped[time]  # on the wall in Europe/Berlin
    minutes: Mapped[int]  # how long a date takes
    rule: Mapped[str]
    left_out: Mapped[list[date]] = mapped_column(ARRAY(Date()))
    extra: Mapped[list[date]] = mapped_column(ARRAY(Date()))
    stored_template: Mapped[dict[str, Any]] = mapped_column("template", JSONB)
    weeks_ahead: Mapped[int | None]
    course_id: Mapped[UUID | None]
    follows: Mapped[UUID | None]
    planned_until: Mapped[date]
    planned_by: Mapped[UUID]  # a person's id
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("minutes > 0", name="ends_after_start"),
        CheckConstraint("weeks_ahead > 0", name="weeks_ahead_positive"),
    )

    @classmethod
    def begin(
        cls,
        network: str,
        plan: Plan,
        rhythm: Rhythm,
        planned_by: UUID,
        *,
        weeks_ahead: int | None,
        course_id: UUID | None,
    ) -> "Series":
        """A series of dates like this plan. With `course_id` it is a course; raises `NoCourse`, `CourseWithoutEnd`."""
        if course_id is not None and plan.kind is not MeetingKind.TRAINING_SERIES:
            raise NoCourse
        now = datetime.now(UTC)
        series = cls(
            id=uuid4(),
            version=1,
            revision=1,
            network=network,
            weeks_ahead=None if course_id else weeks_ahead,
            course_id=course_id,
            planned_until=rhythm.starts_on,
            planned_by=planned_by,
            created_at=now,
            changed_at=now,
        )
        series.take_rhythm(rhythm)
        series._take(plan, ())
        return series

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(self.starts_on, self.rule, tuple(self.left_out), tuple(self.extra))

    @property
    def template(self) -> Template:
        return Template.model_validate(self.stored_template)

    def plan(self, day: date, *, with_agenda: bool) -> Plan:
        """The plan of one of its dates."""
        return self.template.plan(day, self.clock, self.minutes, with_agenda=with_agenda)

    def take_rhythm(self, rhythm: Rhythm) -> None:
        """Raises `CourseWithoutEnd`."""
        if self.course_id is not None and not rhythm.ends:
            raise CourseWithoutEnd
        self.starts_on, self.rule = rhythm.starts_on, rhythm.rule
        self.left_out, self.extra = sorted(set(rhythm.left_out)), sorted(set(rhythm.extra))

    def take_plan(self, plan: Plan) -> None:
        """What the dates have in common from now on."""
        self._take(plan, self.template.agenda)

    def split(self, day: date) -> "Series":
        """A second series that begins with one of the dates; this one ends before it. Raises `CourseNotSplit`."""
        if self.course_id is not None:
            raise CourseNotSplit
        now = datetime.now(UTC)
        later = Series(
            id=uuid4(),
            version=1,
            revision=1,
            network=self.network,
            clock=self.clock,
            minutes=self.minutes,
            stored_template=self.stored_template,
            weeks_ahead=self.weeks_ahead,
            course_id=None,
            follows=self.id,
            planned_until=self.planned_until,
            planned_by=self.planned_by,
            created_at=now,
            changed_at=now,
            published_at=self.published_at,
        )
        later.take_rhythm(self.rhythm.since(day))
        self.take_rhythm(self.rhythm.before(day))
        self.changed()
        return later

    def publish(self) -> None:
        """Raises `SeriesPublished`."""
        if self.published_at is not None:
            raise SeriesPublished
        self.published_at = datetime.now(UTC)
        self.changed()

    def changed(self) -> None:
        self.revision += 1
        self.changed_at = datetime.now(UTC)
        self.touch()

    def _take(self, plan: Plan, agenda: tuple[Point, ...]) -> None:
        self.clock = in_berlin(plan.starts_at).time().replace(tzinfo=None)
        self.minutes = wall_minutes(plan.starts_at, plan.ends_at)
        self.stored_template = Template.of(plan, agenda).model_dump(mode="json")


def add_to_series(meeting: Meeting, series: Series) -> None:
    """Make a meeting a date of the series. Raises `InSeriesAlready`, `CourseBegunAlone` if it is no draft."""
    if meeting.series_id is not None:
        raise InSeriesAlready
    if series.course_id is not None and meeting.status is not MeetingStatus.DRAFT:
        raise CourseBegunAlone
    meeting.course_id = series.course_id
    meeting.series_id, meeting.series_day = series.id, day_of(meeting.starts_at)
