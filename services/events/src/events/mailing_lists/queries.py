"""Finding mailing lists, and the members that they may have."""

from collections.abc import Collection, Sequence
from http import HTTPStatus
from uuid import UUID

from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.errors import DomainError, NotFound
from shared.i18n import N_
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.model import Contact, Volunteer
from events.mailing_lists.model import MailingList, UnknownMailingList
from events.meetings.access import may_plan


class UnknownMember(DomainError):
    """Not a contact or volunteer (any more), or the registry's event is still on its way."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_member"
    message = N_("One of these people is not known here. If they were entered just now, please try again.")
    field = "contact_ids"


async def get_list(session: AsyncSession, list_id: UUID, access: Access, *, lock: bool = False) -> MailingList:
    """A list of the caller's own networks. Raises `NotFound`."""
    query = select(MailingList).where(MailingList.id == list_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None or not may_plan(access, found.network):
        raise NotFound
    return found


async def lists_of(session: AsyncSession, network: str) -> Sequence[MailingList]:
    """Every list of a network, by name."""
    found = select(MailingList).where(MailingList.network == network)
    return (await session.scalars(found.order_by(MailingList.name, MailingList.id))).all()


async def require_lists(session: AsyncSession, network: str, ids: Collection[UUID]) -> None:
    """Raise `UnknownMailingList` unless all of them are lists of the network."""
    if ids:
        known = select(MailingList.id).where(MailingList.network == network, MailingList.id.in_(ids))
        if set(ids) - set(await session.scalars(known)):
            raise UnknownMailingList


async def require_members(session: AsyncSession, contacts: Collection[UUID], volunteers: Collection[UUID]) -> None:
    """Raise `UnknownMember` unless all of them can be written to."""
    speaking = select(Contact.id).where(Contact.id.in_(contacts), ~Contact.dismissed)
    helping = select(Volunteer.id).where(Volunteer.id.in_(volunteers), Volunteer.active)
    async with beyond_scopes(session, reads_only=True):  # whether an id is one of a volunteer, and nothing about them
        for ids, known in ((contacts, speaking), (volunteers, helping)):
            if ids and set(ids) - set(await session.scalars(known)):
                raise UnknownMember
