"""Reading who speaks for a network."""

from collections.abc import Sequence
from uuid import UUID

from shared.access.grants import Access, ScopeKind
from shared.errors import NotFound
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.network_contacts.model import NetworkContact
from registry.pages import read_page
from registry.people.model import Person
from registry.scope import has_district, ids_of


async def list_contacts(
    session: AsyncSession, access: Access, network_id: UUID | None, past: bool, after: str | None, limit: int
) -> tuple[Sequence[NetworkContact], str | None]:
    """Those of the caller's networks by the person's name: present and coming ones, with `past` also former ones."""
    rows = select(NetworkContact).join(NetworkContact.person.of_type(Person)).where(_in_scope(access), took_effect())
    if network_id is not None:
        rows = rows.where(NetworkContact.network_id == network_id)
    if not past:
        rows = rows.where(lasts())
    return await read_page(session, rows, (Person.name, NetworkContact.id), after, limit)


async def contact_for_update(session: AsyncSession, access: Access, contact_id: UUID) -> NetworkContact:
    """One of the caller's networks, locked. Raises `NotFound`."""
    wanted = select(NetworkContact).where(NetworkContact.id == contact_id, _in_scope(access))
    found = await session.scalar(wanted.with_for_update(of=NetworkContact))
    if found is None:
        raise NotFound
    return found


def took_effect() -> ColumnElement[bool]:
    """Not those that were taken back before their first day."""
    return or_(NetworkContact.until.is_(None), NetworkContact.until >= NetworkContact.starts_on)


def lasts() -> ColumnElement[bool]:
    """Functions that are not over: present and coming ones."""
    return or_(NetworkContact.until.is_(None), NetworkContact.until >= today())


def holds_today() -> ColumnElement[bool]:
    """Functions that somebody has on the present day."""
    return (NetworkContact.starts_on <= today()) & lasts()


def _in_scope(access: Access) -> ColumnElement[bool]:
    if has_district(access):
        return true()
    return NetworkContact.network_id.in_(ids_of(access, ScopeKind.NETWORK))
