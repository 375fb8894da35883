"""Reading what is not confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from shared.access.grants import Access
from shared.errors import NotFound
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.freshness.conditions import is_unconfirmed, reason
from registry.freshness.model import ConfirmationLink, Reason
from registry.organisations.model import Organisation
from registry.organisations.queries import Filter
from registry.pages import read_page
from registry.people.model import Contact
from registry.scope import organisations_in_scope
from registry.secrets import hash_of


@dataclass(frozen=True)
class Unconfirmed:
    """An organisation whose entry is due, why it is not confirmed, and whom to call."""

    organisation: Organisation
    reason: Reason
    contacts: Sequence[Contact]


async def list_unconfirmed(
    session: AsyncSession,
    access: Access,
    wanted: Filter,
    why: Reason | None,
    stale: bool | None,
    after: str | None,
    limit: int,
) -> tuple[list[Unconfirmed], str | None]:
    """Those in the caller's scope by name; `stale`: silent for a year, or asked and within it."""
    due = select(Organisation).where(*wanted.conditions(), is_unconfirmed(), organisations_in_scope(access))
    if why is not None:
        due = due.where(reason() == why.value)
    if stale is not None:
        due = due.where(Organisation.stale_since.is_not(None) if stale else Organisation.stale_since.is_(None))
    rows, following = await read_page(session, due, (Organisation.name, Organisation.id), after, limit)
    ids = [row.id for row in rows]
    whys = await session.execute(select(Organisation.id, reason()).where(Organisation.id.in_(ids)))
    reasons = {organisation_id: Reason(value) for organisation_id, value in whys}
    present = select(Contact).where(Contact.organisation_id.in_(ids), Contact.until.is_(None)).order_by(Contact.id)
    contacts = (await session.scalars(present)).all()
    return [
        Unconfirmed(row, reasons[row.id], [one for one in contacts if one.organisation_id == row.id]) for row in rows
    ], following


async def entry_behind(session: AsyncSession, token: str) -> Organisation:
    """The organisation that a link opens. Raises `NotFound` for one that is unknown, used or too old."""
    wanted = select(Organisation).join(ConfirmationLink, ConfirmationLink.organisation_id == Organisation.id)
    found = await session.scalar(wanted.where(opened_by(token)))
    if found is None:
        raise NotFound
    return found


async def entry_to_confirm(session: AsyncSession, token: str) -> tuple[Organisation, UUID]:
    """The organisation behind a link, locked, and whose link it is. Raises `NotFound`.

    The organisation is locked before its links are looked at: of two people who answer at once one finds none any more.
    """
    organisation = await entry_behind(session, token)
    locked = select(Organisation).where(Organisation.id == organisation.id).with_for_update(of=Organisation)
    await session.scalar(locked.execution_options(populate_existing=True))
    person_id = await session.scalar(select(ConfirmationLink.person_id).where(opened_by(token)))
    if person_id is None:
        raise NotFound
    return organisation, person_id


def opened_by(token: str) -> ColumnElement[bool]:
    """The link whose secret this is, while it can be used."""
    return (ConfirmationLink.token_hash == hash_of(token)) & (ConfirmationLink.expires_at > datetime.now(UTC))
