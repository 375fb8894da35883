"""The version for everybody: no person in it, and somebody has looked through it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

from shared import audit
from shared.contracts.events import (
    MinutesPublished,
    PublishedActionItem,
    PublishedDecision,
    PublishedItem,
    Visibility,
)
from shared.dates import day_of
from shared.errors import DomainError
from shared.i18n import N_
from shared.messaging import outbox
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.agenda.model import AgendaStatus
from events.audience.model import Contact
from events.meetings.model import Meeting
from events.minutes.content import Content, ContentActionItem, ContentItem
from events.minutes.handing import UnknownItem, newest
from events.minutes.marks import marked, names_somebody
from events.minutes.model import Minutes
from events.minutes.schemas import Publication, PublicItem

T = TypeVar("T")


class NotChecked(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "not_checked"
    message = N_("Please confirm that you have looked through the text for names.")
    field = "checked"


class SomebodyNamed(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "somebody_named"
    message = N_("A person is still named in it.")
    field = "items"


class NotForEverybody(DomainError):
    code = "meeting_not_public"
    message = N_("This meeting is not public, so its minutes stay in the network.")


async def publish(session: AsyncSession, meeting: Meeting, publication: Publication) -> Minutes:
    """Tell everybody what was said and decided, in the words of the publication; of people their functions alone.

    Raises `NotApproved`, `NotForEverybody`, `NotChecked`, `SomebodyNamed`, `UnknownItem`.
    """
    minutes, content, number = await newest(session, meeting)
    if meeting.visibility is not Visibility.PUBLIC:
        raise NotForEverybody
    if not publication.checked:
        raise NotChecked
    functions = await _functions(session, content)
    items = {item.id: item for item in content.items}
    published = [_item(items, functions, wanted) for wanted in publication.items]
    minutes.publish()
    data = MinutesPublished(
        minutes_id=minutes.id,
        meeting_id=meeting.id,
        network=meeting.network,
        title=meeting.title,
        place=meeting.place,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        approved_on=day_of(minutes.approved_at or meeting.ends_at),
        corrected=number > 1,
        people=content.people,
        present=content.present,
        excused=content.excused,
        items=sorted(published, key=lambda item: item.position),
    )
    outbox.record(session, data, subject=minutes.id, sequence=minutes.version, network=minutes.network)
    audit.record(session, "minutes.published", kind="minutes", subject=minutes.id, scopes=[minutes.network])
    return minutes


async def _functions(session: AsyncSession, content: Content) -> dict[UUID, str]:
    """What the contacts in the minutes do for their organisations."""
    contacts, _ = content.marked()
    found = await session.execute(select(Contact.id, Contact.function).where(Contact.id.in_(contacts)))
    return {row[0]: row[1] for row in found}


def _item(items: Mapping[UUID, ContentItem], functions: Mapping[UUID, str], wanted: PublicItem) -> PublishedItem:
    item = items.get(wanted.agenda_item_id)
    if item is None:
        raise UnknownItem
    decisions = {decision.id: decision for decision in item.decisions}
    tasks = {task.id: task for task in item.action_items}
    return PublishedItem(
        position=item.position,
        title=_without_names(item.title),
        text=_without_names(wanted.text),
        carried=item.status is AgendaStatus.CARRIED,
        decisions=[
            PublishedDecision(
                text=_without_names(decision.text),
                **_of(decisions, decision.decision_id).model_dump(exclude={"id", "text"}),
            )
            for decision in wanted.decisions
        ],
        action_items=[
            _task(_of(tasks, task.action_item_id), _without_names(task.title), functions)
            for task in wanted.action_items
        ],
    )


def _task(task: ContentActionItem, title: str, functions: Mapping[UUID, str]) -> PublishedActionItem:
    contacts, _ = marked([task.who])
    return PublishedActionItem(
        title=title,
        organisation_id=task.organisation_id,
        function=next((functions.get(contact) or None for contact in contacts), None),
        due_on=task.due_on,
        state=task.state,
    )


def _of(known: Mapping[UUID, T], wanted: UUID) -> T:
    if wanted not in known:
        raise UnknownItem
    return known[wanted]


def _without_names(text: str) -> str:
    if names_somebody(text):
        raise SomebodyNamed
    return text
