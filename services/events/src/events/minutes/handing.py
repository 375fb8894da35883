"""Minutes on their way: submitted, approved at the next meeting, corrected, published without names."""

from collections.abc import Collection
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID, uuid4

from shared import audit
from shared.contracts.events import MeetingKind
from shared.errors import DomainError, NotFound
from shared.i18n import N_
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.agenda import wording
from events.agenda.model import AgendaItem, AgendaPurpose, AgendaStatus
from events.agenda.standing import complete_agenda, put_approval
from events.meetings.model import Meeting, MeetingStatus
from events.minutes import queries
from events.minutes.content import Content, read_content
from events.minutes.model import (
    ApprovedLater,
    Decision,
    Minutes,
    MinutesStatus,
    MinutesVersion,
    Note,
    NothingCorrected,
)
from events.minutes.schemas import Approval, Correction

FIRST_REASON = "Genehmigte Fassung"


class UnknownItem(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_agenda_item"
    message = N_("Something in it does not belong to these minutes.")


async def submit(session: AsyncSession, meeting: Meeting, carry: Collection[UUID] | None) -> Minutes:
    """Ready for approval: they stand on the next meeting's agenda, with what nobody talked about.

    The caller has locked the meeting. Raises `NotFound` before the first note, `MinutesClosed`.
    """
    minutes = await queries.lock(session, meeting.id)
    minutes.submit()
    for item in meeting.agenda:
        if item.status is AgendaStatus.PLANNED:
            waits = item.purpose is not AgendaPurpose.TOPIC or carry is None or item.id in carry
            item.status = AgendaStatus.CARRIED if waits else AgendaStatus.REACHED
    await session.flush()
    await complete_agenda(session, meeting.network)
    _note(session, "minutes.submitted", minutes)
    return minutes


async def reopen(session: AsyncSession, meeting: Meeting) -> Minutes:
    """Go on writing. Raises `NotSubmitted`."""
    minutes = await queries.lock(session, meeting.id)
    minutes.reopen()
    await session.flush()
    await complete_agenda(session, meeting.network)
    _note(session, "minutes.reopened", minutes)
    return minutes


async def approve(session: AsyncSession, meeting: Meeting, approval: Approval) -> Minutes:
    """The next meeting agrees: it is a decision of that meeting, and the first version that is kept.

    Raises `ApprovedLater` before a meeting has begun that has it on its agenda, `NotSubmitted`.
    """
    minutes = await queries.lock(session, meeting.id)
    if minutes.status is MinutesStatus.SUBMITTED:
        place = await _approving(session, meeting)
        await session.flush()  # an item that was put there just now gets its meeting
        minutes.approve(place.meeting_id)
        place.status = AgendaStatus.REACHED
        votes = (approval.votes_for, approval.votes_against, approval.votes_abstained)
        text = wording.approved(meeting.starts_at)
        session.add(Decision.take(place.meeting_id, place.id, meeting.network, text, votes))
        await session.flush()
        await keep_version(session, meeting, minutes, FIRST_REASON)
        await complete_agenda(session, meeting.network)
    else:
        minutes.approve(meeting.id)  # raises
    _note(session, "minutes.approved", minutes)
    return minutes


async def _approving(session: AsyncSession, earlier: Meeting) -> AgendaItem:
    """The item under which the next meeting approves them, as soon as it has begun and while its minutes are open.

    Where minutes are entered late no agenda had it: it is put there now.
    """
    query = (
        select(Meeting)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .where(
            Meeting.network == earlier.network,
            Meeting.kind == MeetingKind.NETWORK_MEETING,
            Meeting.status.in_((MeetingStatus.PUBLISHED, MeetingStatus.HELD)),
            Meeting.starts_at > earlier.starts_at,
            Meeting.starts_at <= datetime.now(UTC),
            Minutes.id.is_(None) | (Minutes.status == MinutesStatus.DRAFT),
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .with_for_update(of=Meeting)
    )
    meetings = (await session.scalars(query)).all()
    if not meetings:
        raise ApprovedLater
    planned = [item for meeting in meetings for item in meeting.agenda if item.minutes_of == earlier.id]
    return planned[0] if planned else put_approval(session, meetings[0], earlier.id, earlier.starts_at)


async def keep_version(session: AsyncSession, meeting: Meeting, minutes: Minutes, reason: str) -> MinutesVersion:
    """Keep what the minutes say now."""
    content = await read_content(session, meeting, minutes)
    version = MinutesVersion(
        id=uuid4(),
        minutes_id=minutes.id,
        network=minutes.network,
        number=len(await queries.versions(session, minutes)) + 1,
        reason=reason,
        content=content.model_dump(mode="json"),
        made_at=datetime.now(UTC),
    )
    session.add(version)
    await session.flush()
    return version


async def correct(session: AsyncSession, meeting: Meeting, correction: Correction) -> MinutesVersion:
    """Put other words; what was approved stays as a version.

    Raises `NotApproved`, `NothingCorrected`, and `UnknownItem` for what belongs to other minutes.
    """
    minutes = await queries.lock(session, meeting.id)
    minutes.require_approved()
    before = await read_content(session, meeting, minutes)
    await _replace(session, meeting, correction)
    await session.flush()
    if await read_content(session, meeting, minutes) == before:
        raise NothingCorrected
    minutes.touch()
    _note(session, "minutes.corrected", minutes)
    return await keep_version(session, meeting, minutes, correction.reason)


async def _replace(session: AsyncSession, meeting: Meeting, correction: Correction) -> None:
    items = {item.id for item in meeting.agenda}
    for corrected in correction.notes:
        if corrected.agenda_item_id not in items:
            raise UnknownItem
        note = await session.get(Note, corrected.agenda_item_id, with_for_update=True)
        if note is not None:
            note.replace(corrected.text, note.version)
        elif corrected.text:
            session.add(_first_note(meeting, corrected.agenda_item_id, corrected.text))
    for changed in correction.decisions:
        decision = await session.get(Decision, changed.decision_id)
        if decision is None or decision.meeting_id != meeting.id:
            raise UnknownItem
        decision.text = changed.text


def _first_note(meeting: Meeting, item_id: UUID, text: str) -> Note:
    return Note(
        agenda_item_id=item_id,
        meeting_id=meeting.id,
        network=meeting.network,
        text=text,
        version=1,
        written_at=datetime.now(UTC),
    )


async def newest(session: AsyncSession, meeting: Meeting) -> tuple[Minutes, Content, int]:
    """Approved minutes, locked, what their newest version says, and its number. Raises `NotApproved`."""
    minutes = await queries.lock(session, meeting.id)
    minutes.require_approved()
    kept = await queries.versions(session, minutes)
    if not kept:
        raise NotFound
    return minutes, Content.model_validate(kept[-1].content), kept[-1].number


def _note(session: AsyncSession, action: str, minutes: Minutes) -> None:
    audit.record(session, action, kind="minutes", subject=minutes.id, scopes=[minutes.network])
