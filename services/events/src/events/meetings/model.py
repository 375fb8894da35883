"""The meeting: planned as a draft, published once, changed with care afterwards, at last held or cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from shared.contracts.events import AgendaItem as AgendaItemFacts
from shared.contracts.events import Attendance, MeetingBefore, MeetingFacts, MeetingKind, Visibility
from shared.database import Identified, Versioned
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from events.agenda.model import AgendaItem, arrange
from events.database import Base
from events.invitations.groups import AudienceGroup, lead_associations
from events.meetings.plan import Plan, attendance


class MeetingStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    HELD = "held"


class AlreadyPublished(DomainError):
    code = "already_published"
    message = N_("The meeting is already published.")


class NotPublished(DomainError):
    code = "not_published"
    message = N_("The meeting is a draft; publish it first.")


class Cancelled(DomainError):
    """A cancelled meeting stays cancelled: people were told. Whoever wants it after all copies it."""

    code = "meeting_cancelled"
    message = N_("The meeting is cancelled.")


class MeetingOver(DomainError):
    code = "meeting_over"
    message = N_("The meeting is already over.")


class NotBegun(DomainError):
    """Minutes are written from the beginning of a meeting on; then it is held. Others are held when they are over."""

    code = "meeting_not_begun"
    message = N_("The meeting has not begun yet.")


class HeldAlready(DomainError):
    """What took place stays in the past; its texts may still be mended."""

    code = "meeting_held"
    message = N_("This meeting has taken place. Please plan a new one.")
    field = "starts_at"


class RegistrationNotYet(DomainError):
    code = "registration_not_yet"
    message = N_("Registration has not begun yet.")


class NotOurs(DomainError):
    """Whoever holds it would not hear of a registration here."""

    code = "meeting_not_ours"
    message = N_("Somebody else holds this date. One cannot register for it here.")


class CourseTogether(DomainError):
    """Whoever registers for a course has a place on each of its dates, and knows of all of them."""

    code = "course_together"
    message = N_(
        "This date belongs to a course. Publish it, and change its places or who may know of it, for all dates."
    )


class RegistrationOver(DomainError):
    code = "registration_over"
    message = N_("The time to register is over.")


@dataclass(frozen=True)
class Revision:
    """What a change of a meeting did. `before` is the meeting as people know it; `was_public` whether all knew it."""

    before: MeetingBefore
    was_public: bool
    rescheduled: bool
    relocated: bool  # another place or online address

    @property
    def concerns_calendars(self) -> bool:
        return self.rescheduled or self.relocated

    def tells(self, *, asked: bool) -> bool:
        """Whether people get a mail: who mends a slip in the description wakes nobody up, unless that is `asked`."""
        return asked or self.concerns_calendars


class Meeting(Identified, Versioned, Base):
    """A dated gathering of a network.

    `version` counts everything that happened to the meeting and is the sequence of its events; `revision` counts what
    its planners changed, so that an answer to an invitation does not stand in the way of somebody who edits.
    """

    __tablename__ = "meeting"

    network: Mapped[str]  # slug
    kind: Mapped[MeetingKind]
    title: Mapped[str]
    description: Mapped[str]
    village_id: Mapped[UUID | None]
    place: Mapped[str]
    online_link: Mapped[str | None]  # for those who come; never in public events
    organisation_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    capacity: Mapped[int | None]
    registration_from: Mapped[datetime | None]
    registration_until: Mapped[datetime | None]
    visibility: Mapped[Visibility]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[MeetingStatus] = mapped_column(default=MeetingStatus.DRAFT)
    cancel_reason: Mapped[str] = mapped_column(default="")
    calendar_uid: Mapped[str] = mapped_column(unique=True)
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    planned_by: Mapped[UUID]  # a person's id
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"))
    series_day: Mapped[date | None]  # for which the series made it; it may have been moved since
    own_edits: Mapped[bool] = mapped_column(default=False)  # changed by hand: changes of the series pass it over
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))  # the first of the dates of its course
    taken_over_from: Mapped[str | None]  # whose calendar it comes from; nobody is invited and nobody registers
    agenda: Mapped[list[AgendaItem]] = relationship(
        order_by=AgendaItem.position, cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )
    audience: Mapped[list[AudienceGroup]] = relationship(
        order_by=AudienceGroup.position, cascade="all, delete-orphan", lazy="raise", passive_deletes=True
    )
    course_dates: Mapped[list["Meeting"]] = relationship(
        lambda: Meeting,  # not by its name: another service in the same process has one, too
        primaryjoin=lambda: Meeting.course_id == remote(foreign(Meeting.course_id)),
        order_by=lambda: (Meeting.starts_at, Meeting.id),
        viewonly=True,
        lazy="raise",  # `events.meetings.queries.with_course` reads them
    )

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("(series_id IS NULL) = (series_day IS NULL)", name="series_has_day"),
        UniqueConstraint("series_id", "series_day", deferrable=True, initially="DEFERRED"),
        CheckConstraint("registration_until > registration_from", name="registration_ends_after_start"),
        Index("ix_meeting_network_starts_at", "network", "starts_at", "id"),
        Index("ix_meeting_starts_at", "starts_at", "id"),
        Index("ix_meeting_published_ends_at", "ends_at", postgresql_where="status = 'published'"),
        Index("ix_meeting_course_id", "course_id", postgresql_where="course_id IS NOT NULL"),
    )

    @classmethod
    def draft(
        cls,
        network: str,
        plan: Plan,
        planned_by: UUID,
        *,
        taken_over_from: str | None = None,
        audience: Sequence[AudienceGroup] = (),
    ) -> "Meeting":
        """A new meeting that only the network's staff can see. It addresses an `audience`, else the lead associations;
        nobody is invited to one that is taken over."""
        now = datetime.now(UTC)
        meeting = cls(
            id=uuid4(),
            network=network,
            status=MeetingStatus.DRAFT,
            cancel_reason="",
            calendar_uid=str(uuid4()),  # RFC 7986 section 5.3: a UUID that names no host
            calendar_sequence=0,
            version=1,
            revision=1,
            own_edits=False,
            planned_by=planned_by,
            taken_over_from=taken_over_from,
            created_at=now,
            changed_at=now,
            agenda=[],
            audience=[] if taken_over_from else list(audience) or [lead_associations(network)],
        )
        meeting._take(plan)
        return meeting

    @hybrid_property
    def list_id(self) -> UUID:
        """Under which meeting its invitations and registrations stand: its own, or that of its course (decision 0039).

        The row of that meeting is what is locked to give places away.
        """
        return self.course_id or self.id

    @list_id.inplace.expression
    @classmethod
    def _list_id(cls) -> ColumnElement[UUID]:
        return func.coalesce(cls.course_id, cls.id)

    @property
    def course(self) -> Sequence["Meeting"]:
        """The dates for which one registers with it, in order of time; it alone if it belongs to no course."""
        return [self] if self.course_id is None else self.course_dates

    @property
    def opening(self) -> "Meeting | None":
        """The first of these dates that takes place."""
        return next((one for one in self.course if one.status is not MeetingStatus.CANCELLED), None)

    @property
    def published(self) -> bool:
        return self.status is MeetingStatus.PUBLISHED

    @property
    def public(self) -> bool:
        """Whether everybody may know of it, and public events tell of it."""
        return self.status is not MeetingStatus.DRAFT and self.visibility is Visibility.PUBLIC

    @property
    def attendance(self) -> Attendance:
        return attendance(self.place, self.online_link)

    def is_over(self, now: datetime) -> bool:
        return self.ends_at <= now

    def require_coming(self, now: datetime) -> None:
        """That one can still answer for it, or for one of the dates of its course: raise `Cancelled`, `MeetingOver`."""
        dates = [one for one in self.course if one.status is not MeetingStatus.CANCELLED]
        if not dates:
            raise Cancelled
        if all(one.is_over(now) for one in dates):
            raise MeetingOver

    def require_ours(self) -> None:
        """That whoever comes is counted here, and not where its calendar is from. Raises `NotOurs`."""
        if self.taken_over_from is not None:
            raise NotOurs

    def require_registration(self, now: datetime) -> None:
        """That one can register; for a course until its first date is over.

        Raise `Cancelled`, `MeetingOver`, `NotOurs`, `RegistrationNotYet`, `RegistrationOver`.
        """
        self.require_coming(now)
        self.require_ours()
        first = self.opening or self
        if first.registration_from is not None and now < first.registration_from:
            raise RegistrationNotYet
        if first.is_over(now) or (first.registration_until is not None and now >= first.registration_until):
            raise RegistrationOver

    def require_inviting(self, now: datetime) -> None:
        """That whoever is invited can still come: raise what `require_registration` raises, but may be early."""
        try:
            self.require_registration(now)
        except RegistrationNotYet:
            return

    def require_alone(self, plan: Plan | None = None) -> None:
        """That it is published by itself, or changed like this, without its course. Raises `CourseTogether`."""
        shared = plan is not None and (plan.capacity, plan.visibility) == (self.capacity, self.visibility)
        if self.course_id is not None and not shared:
            raise CourseTogether

    def revise(self, plan: Plan) -> Revision:
        """Replace the plan. What stands in people's calendars gets a new sequence when time or place change.

        Raises `Cancelled`, `HeldAlready`.
        """
        if self.status is MeetingStatus.CANCELLED:
            raise Cancelled
        if self.status is MeetingStatus.HELD and plan.ends_at > datetime.now(UTC):
            raise HeldAlready
        revision = self.compare(plan)
        self._take(plan)
        if self.published and revision.concerns_calendars:
            self.calendar_sequence += 1  # RFC 5546 section 2.1.4
        self._changed()
        return revision

    def compare(self, plan: Plan) -> Revision:
        """What `revise` would do."""
        return Revision(
            MeetingBefore(
                title=self.title,
                place=self.place,
                starts_at=self.starts_at,
                ends_at=self.ends_at,
                online_link=self.online_link,
            ),
            self.public,
            rescheduled=(self.starts_at, self.ends_at) != (plan.starts_at, plan.ends_at),
            relocated=(self.place, self.village_id, self.online_link)
            != (plan.place, plan.village_id, plan.online_link),
        )

    def plan(self) -> Plan:
        """What it follows now; its agenda stays as it is."""
        names = (field.name for field in fields(Plan) if field.name not in ("agenda", "organisation_ids"))
        return Plan(**{name: getattr(self, name) for name in names}, organisation_ids=tuple(self.organisation_ids))

    def matches(self, plan: Plan) -> bool:
        """Whether it is what a plan says, but for the agenda."""
        return replace(plan, agenda=None) == self.plan()

    def publish(self) -> None:
        """Show the meeting to those who may know of it. Raises `AlreadyPublished`, `Cancelled`."""
        if self.status is MeetingStatus.CANCELLED:
            raise Cancelled
        if self.status is not MeetingStatus.DRAFT:
            raise AlreadyPublished
        self.status = MeetingStatus.PUBLISHED
        self.published_at = datetime.now(UTC)
        self._changed()

    def cancel(self, reason: str) -> None:
        """It does not take place. Raises `NotPublished`, `Cancelled`, `MeetingOver`."""
        if self.status is MeetingStatus.DRAFT:
            raise NotPublished
        if self.status is MeetingStatus.CANCELLED:
            raise Cancelled
        if self.is_over(datetime.now(UTC)):
            raise MeetingOver
        self.status = MeetingStatus.CANCELLED
        self.cancel_reason = reason
        self.calendar_sequence += 1  # RFC 5546 section 3.2.5
        self._changed()

    def hold(self) -> None:
        """It takes place, or did. Raises `NotPublished`, `Cancelled`, `NotBegun`; nothing happens to a held one."""
        if self.status is MeetingStatus.DRAFT:
            raise NotPublished
        if self.status is MeetingStatus.CANCELLED:
            raise Cancelled
        if datetime.now(UTC) < self.starts_at:
            raise NotBegun
        if self.published:
            self.status = MeetingStatus.HELD
            self.touch()

    def facts(self) -> MeetingFacts:
        """What everybody who may see the meeting knows of it, as events carry it."""
        return MeetingFacts(
            meeting_id=self.id,
            network=self.network,
            kind=self.kind,
            title=self.title,
            description=self.description,
            village_id=self.village_id,
            place=self.place,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            agenda=[AgendaItemFacts(position=i.position, title=i.title, minutes=i.minutes) for i in self.agenda],
            calendar_uid=self.calendar_uid,
            calendar_sequence=self.calendar_sequence,
            visibility=self.visibility,
            attendance=self.attendance,
            organisation_ids=self.organisation_ids,
            capacity=self.capacity,
            registration_from=self.registration_from,
            registration_until=self.registration_until,
            series_id=self.series_id,
            course_id=self.course_id,
            taken_over_from=self.taken_over_from,
        )

    def _changed(self) -> None:
        self.revision += 1
        self.changed_at = datetime.now(UTC)
        self.touch()

    def _take(self, plan: Plan) -> None:
        self.kind = plan.kind
        self.title = plan.title
        self.description = plan.description
        self.village_id = plan.village_id
        self.place = plan.place
        self.online_link = plan.online_link
        self.organisation_ids = list(plan.organisation_ids)
        self.capacity = plan.capacity
        self.registration_from = plan.registration_from
        self.registration_until = plan.registration_until
        self.visibility = plan.visibility
        self.starts_at = plan.starts_at
        self.ends_at = plan.ends_at
        if plan.agenda is not None:
            arrange(self.agenda, plan.agenda)
