"""What one can do with an action item."""

from uuid import UUID

from shared import audit
from shared.contracts.events import ActionItemCompleted, ActionItemState
from shared.errors import ChangedMeanwhile
from shared.messaging import outbox
from sqlalchemy.ext.asyncio import AsyncSession

from events.action_items import queries
from events.action_items.model import ActionItem, NeedTaken
from events.action_items.responsible import Responsible, TooManyResponsible, UnknownContact
from events.action_items.schemas import ActionItemChange, ActionItemInput, ResponsibleInput
from events.agenda.model import AgendaItem
from events.audience.model import Contact
from events.audience.queries import persons_behind
from events.meetings.model import Meeting

NOBODY = Responsible()


async def resolve(
    session: AsyncSession, wanted: ResponsibleInput, caller: UUID, present: Responsible = NOBODY
) -> Responsible:
    """Who shall be responsible. Somebody who already is (`present`) stays so without being asked about again.

    Raises `TooManyResponsible`, and `UnknownContact` for somebody who is no contact, or a person other than the caller:
    nobody gives a task to an account without its owner.
    """
    given = [one for one in (wanted.contact_id, wanted.person_id) if one is not None]
    if len(given) > 1 or (wanted.person_id is not None and wanted.organisation_id is not None):
        raise TooManyResponsible
    if wanted.contact_id is not None:
        if wanted.contact_id == present.contact_id:
            return present
        contact = await session.get(Contact, wanted.contact_id)
        if contact is None or contact.dismissed:
            raise UnknownContact
        return Responsible(organisation_id=contact.organisation_id, contact_id=contact.id)
    if wanted.person_id is not None and wanted.person_id not in (caller, present.person_id):
        raise UnknownContact
    return Responsible(organisation_id=wanted.organisation_id, person_id=wanted.person_id)


async def take_on(
    session: AsyncSession, meeting: Meeting, item: AgendaItem, entered: ActionItemInput, caller: UUID
) -> ActionItem:
    """A new action item of a meeting. Raises `NeedTaken` and what `resolve` raises."""
    if entered.need_id is not None and not await queries.can_be_taken_on(session, entered.need_id):
        raise NeedTaken
    responsible = await resolve(session, entered.responsible, caller)
    taken = ActionItem.take_on(
        meeting.id, item.id, meeting.network, entered.title, entered.due_on, responsible, entered.need_id
    )
    session.add(taken)
    await _note(session, "action_item.entered", taken)
    return taken


async def change(session: AsyncSession, item: ActionItem, changes: ActionItemChange, caller: UUID) -> None:
    """Raises `ChangedMeanwhile`, `AlreadyClosed`, and what `resolve` raises."""
    if changes.version != item.version:
        raise ChangedMeanwhile
    item.change(changes.title, changes.due_on, await resolve(session, changes.responsible, caller, item.responsible))
    await _note(session, "action_item.changed", item)


async def move(session: AsyncSession, item: ActionItem, state: ActionItemState) -> None:
    """Done, dropped or open again. That it is done is told, and closes the need that it was taken on for.

    Raises `NeedTaken` where the need was taken on by somebody else, or closed, since it was dropped.
    """
    if state is item.state:
        return
    need = item.need_id if state is ActionItemState.OPEN else None
    if need is not None and not await queries.can_be_taken_on(session, need):
        raise NeedTaken
    item.move(state)
    await _note(session, "action_item.changed", item)
    if state is ActionItemState.DONE:
        data = ActionItemCompleted(
            action_item_id=item.id, meeting_id=item.meeting_id, network=item.network, need_id=item.need_id
        )
        outbox.record(session, data, subject=item.id, sequence=item.version, network=item.network)


async def _note(session: AsyncSession, action: str, item: ActionItem) -> None:
    behind = await persons_behind(session, [item.contact_id])
    persons = [*behind, *([item.person_id] if item.person_id else [])]
    audit.record(session, action, kind="action_item", subject=item.id, persons=persons, scopes=[item.network])
