"""What staff can do with the mailing lists of their network."""

from uuid import UUID

from shared import audit
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.queries import require_network, require_organisations
from events.mailing_lists.model import ListNameTaken, MailingList, TooManyLists
from events.mailing_lists.queries import lists_of, require_members
from events.mailing_lists.schemas import ListChange, ListInput, NewList

MOST_LISTS = 50  # of a network


async def add_list(session: AsyncSession, new: NewList) -> MailingList:
    """Raises `UnknownNetwork`, `TooManyLists` and what `change_list` raises."""
    await require_network(session, new.network)
    if len(await lists_of(session, new.network)) >= MOST_LISTS:
        raise TooManyLists(most=MOST_LISTS)
    added = MailingList.begin(new.network)
    await _take(session, added, new, None)
    session.add(added)
    await session.flush()
    return added


async def change_list(session: AsyncSession, found: MailingList, change: ListChange) -> None:
    """Raises `ChangedMeanwhile`, `ListNameTaken`, `UnknownOrganisation`, `UnknownMember`.

    Members who were known before may stay: whoever cannot be written to any more gets nothing.
    """
    await _take(session, found, change, change.version)
    await session.flush()


async def remove_list(session: AsyncSession, found: MailingList) -> None:
    """Meetings do not address it any more; whoever was invited stays invited."""
    _audit(session, "mailing_list.removed", found)
    await session.delete(found)
    await session.flush()


async def _take(session: AsyncSession, one: MailingList, wanted: ListInput, seen: int | None) -> None:
    taken = select(MailingList.id).where(
        MailingList.network == one.network,
        func.lower(MailingList.name) == wanted.name.lower(),
        MailingList.id != one.id,
    )
    if await session.scalar(taken) is not None:
        raise ListNameTaken
    await require_organisations(session, _new(wanted.organisation_ids, one.organisation_ids))
    contacts, volunteers = (
        _new(wanted.contact_ids, one.contact_ids),
        _new(wanted.volunteer_ids, one.volunteer_ids),
    )
    await require_members(session, contacts, volunteers)
    one.change(wanted.name, wanted.organisation_ids, wanted.contact_ids, wanted.volunteer_ids, seen=seen)
    _audit(session, "mailing_list.changed", one)


def _new(wanted: list[UUID], present: list[UUID]) -> set[UUID]:
    return set(wanted) - set(present)


def _audit(session: AsyncSession, action: str, one: MailingList) -> None:
    audit.record(session, action, kind="mailing_list", subject=one.id, scopes=[one.network])
