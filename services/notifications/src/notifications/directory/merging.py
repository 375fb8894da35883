"""Two entries of one person became one: what waits goes to the one that stays, and nothing twice."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts.registry import MergedContact, PersonMerged
from shared.merging import note_merged
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.consents.model import Subscription
from notifications.consents.queries import news_cause
from notifications.directory.model import Contact, Person
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import Notice, NoticeStatus


async def merge_person(session: AsyncSession, merged: PersonMerged) -> None:
    """Runs again and again without harm; the session sees every row."""
    former = merged.person_id
    into = await note_merged(session, former, merged.into_person_id)
    await session.execute(delete(Person).where(Person.id == former))
    for table in (Contact, Subscription):
        await session.execute(update(table).where(table.person_id == former).values(person_id=into))
    for notice in await _notices(session, Notice.person_id == former):
        await _hand_over(session, notice, Notice.person_id == into, person_id=into)
    for contact in merged.contacts:
        await _merge_contact(session, contact)


async def _merge_contact(session: AsyncSession, merged: MergedContact) -> None:
    into = merged.into_contact_id
    for notice in await _notices(session, Notice.contact_id == merged.contact_id):
        await _hand_over(session, notice, Notice.contact_id == into, contact_id=into)
    await session.execute(delete(Contact).where(Contact.id == merged.contact_id))


async def _notices(session: AsyncSession, theirs: object) -> Sequence[Notice]:
    return (await session.scalars(select(Notice).where(theirs).order_by(Notice.id).with_for_update())).all()  # type: ignore[arg-type]


async def _hand_over(session: AsyncSession, notice: Notice, to_other: object, **recipient: UUID) -> None:
    """What was sent stays as it was, under the other entry. What waits goes unless the other entry gets the same."""
    same = select(Notice.id).where(
        to_other,  # type: ignore[arg-type]
        Notice.kind == notice.kind,
        Notice.meeting_id == notice.meeting_id,
        Notice.cause_sequence == notice.cause_sequence,
    )
    waits = notice.status is not NoticeStatus.SENT
    if waits and notice.meeting_id is not None and await session.scalar(same.limit(1)) is not None:
        await session.delete(notice)
        await session.flush()
        return
    for name, value in recipient.items():
        setattr(notice, name, value)
    if notice.kind is NoticeKind.NEW_MEETING and notice.meeting_id is not None and "person_id" in recipient:
        cause = news_cause(notice.meeting_id, recipient["person_id"])
        taken = select(Notice.id).where(Notice.kind == notice.kind, Notice.cause_id == cause)
        if await session.scalar(taken.limit(1)) is None:
            notice.cause_id = cause  # so that the same news is not made once more for the other entry
    await session.flush()
