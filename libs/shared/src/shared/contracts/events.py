"""Events of the service `events`: when people meet."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.envelope import EventData, Exchange
from shared.contracts.erasure import ErasureReceipt


class MeetingKind(StrEnum):
    NETWORK_MEETING = "network_meeting"
    WORKSHOP = "workshop"
    SEMINAR = "seminar"
    ONLINE_SEMINAR = "online_seminar"
    TRAINING_SERIES = "training_series"
    VILLAGE_WORKSHOP = "village_workshop"
    FESTIVAL = "festival"
    ACTIVITY = "activity"
    JOINT_ACTIVITY = "joint_activity"  # of several villages


class Visibility(StrEnum):
    """Who may know of a published meeting.

    Only what is `PUBLIC` is told on the public exchange. `NETWORK`: those who plan the network's meetings and the
    contacts of organisations in its villages. `INVITED`: the planners, and whoever is invited or registered.
    """

    PUBLIC = "public"
    NETWORK = "network"
    INVITED = "invited"


class Attendance(StrEnum):
    """How one takes part."""

    ON_SITE = "on_site"
    ONLINE = "online"
    HYBRID = "hybrid"


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"


class AgendaItem(BaseModel):
    model_config = ConfigDict(frozen=True)
    position: int  # from 1
    title: str
    minutes: int | None = None


class MeetingFacts(BaseModel):
    """What everybody who may see a meeting knows of it. Times are UTC; the wall clock is Europe/Berlin.

    The address of an online meeting is not among them: it goes to those who come, by private events.
    `calendar_sequence` is the SEQUENCE of RFC 5545: it grows when time, place or online address change.
    """

    model_config = ConfigDict(frozen=True)
    meeting_id: UUID
    network: str  # slug
    kind: MeetingKind
    title: str
    description: str = ""
    village_id: UUID | None = None
    place: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    agenda: list[AgendaItem] = []
    calendar_uid: str
    calendar_sequence: int = 0
    visibility: Visibility = Visibility.PUBLIC
    attendance: Attendance = Attendance.ON_SITE
    organisation_ids: list[UUID] = []  # who organises it together with the network
    capacity: int | None = None  # people; None: as many as want to
    registration_from: AwareDatetime | None = None  # None: from its publication
    registration_until: AwareDatetime | None = None  # None: until it is over
    series_id: UUID | None = None  # where it is one of several dates
    course_id: UUID | None = None  # the same meeting's id for all dates for which one registers once: the first one's
    taken_over_from: str | None = None  # name of somebody else's calendar; nobody is invited and nobody registers


class MeetingPublished(EventData):
    """subject: the meeting's id."""

    type = "events.meeting.published.v1"
    meeting: MeetingFacts


class MeetingChanged(EventData):
    """subject: the meeting's id."""

    type = "events.meeting.changed.v1"
    meeting: MeetingFacts


class MeetingCancelled(EventData):
    """subject: the meeting's id."""

    type = "events.meeting.cancelled.v1"
    meeting: MeetingFacts
    reason: str = ""


class MeetingHeld(EventData):
    """subject: the meeting's id. It took place."""

    type = "events.meeting.held.v1"
    meeting: MeetingFacts


class MeetingWithdrawn(EventData):
    """subject: the meeting's id. It is no longer for everybody: pages and copies drop it."""

    type = "events.meeting.withdrawn.v1"
    meeting_id: UUID
    network: str  # slug


class RegistrationsCounted(EventData):
    """subject: the meeting's id. How many were invited, how many of these accepted or declined, how many come."""

    type = "events.registrations.counted.v1"
    meeting_id: UUID
    invited: int
    accepted: int
    declined: int
    registered: int  # people who come: accepted invitations, and those who registered with whom they bring


class AttendanceRecorded(EventData):
    """subject: the meeting's id. How many people were there, when the list was closed and after each correction."""

    type = "events.attendance.recorded.v1"
    meeting_id: UUID
    attended: int  # guests among them
    excused: int
    absent: int
    guests: int  # came without being registered or invited


class CourseDate(BaseModel):
    """One of the dates for which one registers at once."""

    model_config = ConfigDict(frozen=True)
    meeting: MeetingFacts
    online_link: str | None = None


class InvitationIssued(EventData):
    """subject: the invitation's id. `reply_token` answers the invitation without login; for notifications alone.

    `course` are the dates that take place where one comes to all of them, in order of time; else there are none.
    """

    type = "events.invitation.issued.v1"
    exchange = Exchange.PRIVATE
    invitation_id: UUID
    contact_id: UUID
    organisation_id: UUID
    reply_token: str
    meeting: MeetingFacts
    online_link: str | None = None
    course: list[CourseDate] = []


class InvitationAnswered(EventData):
    """subject: the invitation's id; for notifications alone. `course` as in `InvitationIssued`."""

    type = "events.invitation.answered.v1"
    exchange = Exchange.PRIVATE
    invitation_id: UUID
    contact_id: UUID
    answer: Answer
    meeting: MeetingFacts
    online_link: str | None = None
    course: list[CourseDate] = []


class PersonInvited(EventData):
    """subject: the invitation's id. Like `InvitationIssued`, for somebody who is invited for themselves: a volunteer
    or one of the staff, and for no organisation."""

    type = "events.person.invited.v1"
    exchange = Exchange.PRIVATE
    invitation_id: UUID
    person_id: UUID
    reply_token: str
    meeting: MeetingFacts
    online_link: str | None = None
    course: list[CourseDate] = []


class PersonAnswered(EventData):
    """subject: the invitation's id. Like `InvitationAnswered`, of somebody who was invited for themselves."""

    type = "events.person.answered.v1"
    exchange = Exchange.PRIVATE
    invitation_id: UUID
    person_id: UUID
    answer: Answer
    meeting: MeetingFacts
    online_link: str | None = None
    course: list[CourseDate] = []


class InvitationTried(EventData):
    """subject: the trial's own id. A planner wants to see the mail of an invitation; for notifications alone.

    Nothing can be answered with it.
    """

    type = "events.invitation.tried.v1"
    exchange = Exchange.PRIVATE
    person_id: UUID
    meeting: MeetingFacts
    online_link: str | None = None
    course: list[CourseDate] = []


class RegistrationState(StrEnum):
    """`UNCONFIRMED`: a guest has not opened the link yet. `OFFERED`: a place became free and is kept for a while.

    `LAPSED`: nobody took it in that time. `WITHDRAWN`: they do not come after all.
    """

    UNCONFIRMED = "unconfirmed"
    COMING = "coming"
    WAITING = "waiting"
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class RegistrationTold(EventData):
    """subject: the registration's id. What became of it; for notifications alone.

    It goes to a person with an account, else by `name` to the address `email`. `token` opens the registration without
    login, to confirm it or to take it back. `until` is when an unconfirmed one or an offered place ends. `course` as in
    `InvitationIssued`.
    """

    type = "events.registration.told.v1"
    exchange = Exchange.PRIVATE
    registration_id: UUID
    person_id: UUID | None = None
    name: str | None = None
    email: str | None = None
    state: RegistrationState
    people: int
    token: str
    until: AwareDatetime | None = None
    meeting: MeetingFacts
    online_link: str | None = None
    course: list[CourseDate] = []


class RegistrationWithdrawn(EventData):
    """subject: the registration's id. It goes to the person who planned the meeting; for notifications alone.

    `people` do not come after all; `coming` are those who do now. `waited`: they had no place, but stood in line.
    `course` as in `InvitationIssued`, without addresses.
    """

    type = "events.registration.withdrawn.v1"
    exchange = Exchange.PRIVATE
    registration_id: UUID
    person_id: UUID
    people: int
    coming: int
    waited: bool = False
    meeting: MeetingFacts
    course: list[CourseDate] = []


class MeetingBefore(BaseModel):
    """What a change may have replaced."""

    model_config = ConfigDict(frozen=True)
    title: str
    place: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    online_link: str | None = None


class MeetingNewsTold(EventData):
    """subject: the meeting's id; one event for each person concerned, and for notifications alone.

    A published meeting was changed (`before` is what it was) or cancelled (`cancelled`, with its `reason`). It goes to
    a contact who is invited, to a person who registered by account, or as `name` to the address `email`; `answer` is
    what they said so far.
    """

    type = "events.meeting_news.told.v1"
    exchange = Exchange.PRIVATE
    contact_id: UUID | None = None
    person_id: UUID | None = None
    name: str | None = None  # of a guest
    email: str | None = None
    organisation_id: UUID | None = None  # for which the contact speaks
    answer: Answer | None = None
    meeting: MeetingFacts
    online_link: str | None = None
    before: MeetingBefore | None = None
    cancelled: bool = False
    reason: str = ""


class SeriesDateNews(BaseModel):
    """What became of one date: `before` is what it was before it changed, or it was `added`.

    `sequence` is that of the meeting.
    """

    model_config = ConfigDict(frozen=True)
    meeting: MeetingFacts
    sequence: int
    online_link: str | None = None
    answer: Answer | None = None
    before: MeetingBefore | None = None
    cancelled: bool = False
    added: bool = False


class SeriesNewsTold(EventData):
    """subject: the series' id; one event for each person concerned, and for notifications alone.

    Several dates of a series were changed or cancelled at once: one mail tells of all of them. It goes to a contact who
    is invited, to a person who registered by account, or as `name` to the address `email`.
    """

    type = "events.series_news.told.v1"
    exchange = Exchange.PRIVATE
    series_id: UUID
    contact_id: UUID | None = None
    person_id: UUID | None = None
    name: str | None = None  # of a guest
    email: str | None = None
    organisation_id: UUID | None = None  # for which the contact speaks
    network: str  # slug
    title: str
    reason: str = ""
    dates: list[SeriesDateNews]  # in order of time


class ActionItemState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class PublishedDecision(BaseModel):
    """Votes are None where nobody counted."""

    model_config = ConfigDict(frozen=True)
    text: str
    votes_for: int | None = None
    votes_against: int | None = None
    votes_abstained: int | None = None


class PublishedActionItem(BaseModel):
    """Who does it is an organisation, and the function of its contact (a code such as `chair`); never a person."""

    model_config = ConfigDict(frozen=True)
    title: str
    organisation_id: UUID | None = None
    function: str | None = None
    due_on: date
    state: ActionItemState


class PublishedItem(BaseModel):
    """What was said and decided under one item of the agenda."""

    model_config = ConfigDict(frozen=True)
    position: int  # from 1
    title: str
    text: str = ""
    carried: bool = False  # there was no time: it stands on the next meeting's agenda
    decisions: list[PublishedDecision] = []
    action_items: list[PublishedActionItem] = []


class MinutesPublished(EventData):
    """subject: the minutes' id. The version without personal data, which somebody has looked through for names.

    It replaces the version that was published before, as after a correction. `people` is how many were there, `present`
    and `excused` are organisations.
    """

    type = "events.minutes.published.v1"
    minutes_id: UUID
    meeting_id: UUID
    network: str  # slug
    title: str
    place: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    approved_on: date
    corrected: bool = False
    people: int | None = None
    present: list[UUID] = []
    excused: list[UUID] = []
    items: list[PublishedItem] = []


class ActionItemCompleted(EventData):
    """subject: the action item's id. It is done; `need_id` is the need of the registry that it was taken on for."""

    type = "events.action_item.completed.v1"
    action_item_id: UUID
    meeting_id: UUID
    network: str  # slug
    need_id: UUID | None = None


class ActionItemFellDue(EventData):
    """subject: the reminder's own id. Somebody is reminded of an action item; for notifications alone.

    It goes to a contact or to a person by account. `number` counts the reminders of this item from 1.
    """

    type = "events.action_item.fell_due.v1"
    exchange = Exchange.PRIVATE
    action_item_id: UUID
    contact_id: UUID | None = None
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    network: str  # slug
    title: str
    due_on: date
    number: int
    meeting_title: str
    met_at: AwareDatetime


class MinutesMissed(EventData):
    """subject: the meeting's id. A week after a meeting its minutes are not submitted; for notifications alone.

    It goes to the person who planned the meeting.
    """

    type = "events.minutes.missed.v1"
    exchange = Exchange.PRIVATE
    meeting_id: UUID
    person_id: UUID
    network: str  # slug
    meeting_title: str
    met_at: AwareDatetime


class ErasureConfirmed(ErasureReceipt):
    """subject: the erasure's id. No invitation and no registration here leads to the person any more."""

    type = "events.erasure.confirmed.v1"
