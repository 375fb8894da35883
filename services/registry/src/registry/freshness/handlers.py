"""Confirming entries: by a link, by the organisation's own contact, or by staff who have called."""

from uuid import UUID

import sqlalchemy as sa
from shared import audit
from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.freshness import asking, queries
from registry.freshness.model import AskedToday, ConfirmationLink, NobodyToMail
from registry.organisations import queries as organisations
from registry.organisations.handlers import change_entry
from registry.organisations.model import Organisation
from registry.organisations.schemas import OwnChanges
from registry.people.queries import people_with_mail


async def confirm_by_link(session: AsyncSession, token: str, changes: OwnChanges) -> Organisation:
    """Say that the entry holds, with these changes. The link works once. The session sees every row.

    Raises `NotFound`, and what a change of the entry raises; then the link still works.
    """
    organisation, person_id = await queries.entry_to_confirm(session, token)
    await change_entry(session, organisation, changes, confirm=True)
    await _end_links(session, organisation)
    audit.record(
        session,
        "entry.confirmed",
        kind="organisation",
        subject=organisation.id,
        persons=[person_id],
        scopes=_scopes(organisation),
        details={"fields": ", ".join(sorted(changes.model_fields_set))},
    )
    return organisation


async def confirm(session: AsyncSession, access: Access, organisation_id: UUID) -> Organisation:
    """Say that the entry of an organisation in the caller's scope holds as it is."""
    organisation = await organisations.organisation_for_update(session, access, organisation_id)
    await change_entry(session, organisation, OwnChanges(), confirm=True)
    await _end_links(session, organisation)
    audit.record(session, "entry.confirmed", kind="organisation", subject=organisation.id, scopes=_scopes(organisation))
    return organisation


async def ask_now(session: AsyncSession, access: Access, organisation_id: UUID) -> None:
    """Mail the link today, whenever the last confirmation was. Raises `NobodyToMail` and `AskedToday`."""
    organisation = await organisations.organisation_for_update(session, access, organisation_id)
    if today() in (organisation.asked_on, organisation.reminded_on):
        raise AskedToday
    people = await people_with_mail(session, organisation.id)
    if not people:
        raise NobodyToMail
    async with beyond_scopes(session):  # the organisation is in the caller's scope; links are nobody's rows
        await asking.ask(session, organisation)
    audit.record(
        session,
        "entry.asked",
        kind="organisation",
        subject=organisation.id,
        persons=[person.id for person in people],
        scopes=_scopes(organisation),
    )


async def _end_links(session: AsyncSession, organisation: Organisation) -> None:
    links = sa.delete(ConfirmationLink).where(ConfirmationLink.organisation_id == organisation.id)
    async with beyond_scopes(session):  # likewise
        await session.execute(links)


def _scopes(organisation: Organisation) -> list[UUID]:
    village = organisation.village
    return [place for place in (organisation.id, village.municipality_id, village.network_id) if place is not None]
