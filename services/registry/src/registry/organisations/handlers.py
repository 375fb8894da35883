"""Entering and changing organisations."""

from uuid import UUID, uuid4

from pydantic import MISSING
from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import (
    OrganisationChanged,
    OrganisationHidden,
    OrganisationRegistered,
    OrganisationState,
    SupportKind,
)
from shared.errors import Forbidden
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database import apply, lock
from registry.fields_of_activity import queries as fields
from registry.lead_mandates import queries as lead_mandates
from registry.organisations import queries
from registry.organisations.model import (
    LeadsItsVillage,
    Organisation,
    OrganisationExists,
    Publication,
    RegisterNumberTaken,
)
from registry.organisations.schemas import OrganisationChanges, OrganisationInput
from registry.slugs import unused_slug
from registry.territory import queries as territory
from registry.territory.model import Village
from registry.versions import expect_version

STAFF_ONLY = {"kind", "village_id", "publication"}  # also what a lead mandate rests on


async def register_organisation(session: AsyncSession, access: Access, entered: OrganisationInput) -> Organisation:
    """Enter an organisation in a village of the caller's scope. It is public at once unless entered as a draft."""
    village = await territory.village_named(session, entered.village_id)
    _check_village(access, village)
    organisation = Organisation(
        id=uuid4(),
        slug=await unused_slug(session, Organisation.slug, entered.name, village.name),
        village=village,
        fields=await fields.fields_named(session, entered.fields),
        area_rows=[],
        **entered.model_dump(exclude={"fields", "areas"}),
    )
    await territory.check_areas(session, entered.areas)
    organisation.areas = entered.areas
    await _check(session, organisation)
    session.add(organisation)
    await session.flush()
    if organisation.published:
        _tell(session, organisation, OrganisationRegistered)
    return organisation


async def change_organisation(
    session: AsyncSession, access: Access, organisation_id: UUID, changes: OrganisationChanges, if_match: str | None
) -> Organisation:
    """Change an entry. Raises `LeadsItsVillage` when that would take away what its mandate rests on."""
    organisation = await queries.organisation_for_update(session, access, organisation_id)
    values = changes.model_dump(exclude={"fields", "areas"})
    _check_change(access, organisation, set(values))
    expect_version(organisation, if_match)
    before = organisation.publication
    organisation.check_publication(values.get("publication", before))
    different = {name for name, value in values.items() if getattr(organisation, name) != value}
    if different & STAFF_ONLY and await lead_mandates.leads_now_or_later(session, organisation.id):
        raise LeadsItsVillage
    changed = await _change_lists(session, organisation, changes)
    if "village_id" in different:
        await _move(session, access, organisation, values["village_id"])
    if apply(organisation, values) or changed or different:
        await _check(session, organisation)
        organisation.touch()
        await session.flush()
        _tell_change(session, organisation, before)
    return organisation


async def _move(session: AsyncSession, access: Access, organisation: Organisation, village_id: UUID) -> None:
    village = await territory.village_named(session, village_id)
    _check_village(access, village)
    organisation.village_id, organisation.village = village.id, village


async def _change_lists(session: AsyncSession, organisation: Organisation, changes: OrganisationChanges) -> bool:
    before = (organisation.fields[:], organisation.areas)
    if changes.areas is not MISSING:
        await territory.check_areas(session, changes.areas)
    if changes.fields is not MISSING:
        organisation.fields = await fields.fields_named(session, changes.fields)
    if changes.areas is not MISSING:
        organisation.areas = changes.areas
    return before != (organisation.fields, organisation.areas)


async def _check(session: AsyncSession, organisation: Organisation) -> None:
    """The entry's own rules, and that it is not entered twice."""
    organisation.check()
    # Whether a name or number is taken concerns entries, too, that the caller does not see.
    with session.no_autoflush:
        await lock(session, "organisation", f"{organisation.village_id}/{organisation.name}")
        async with beyond_scopes(session, reads_only=True):
            if await queries.name_is_taken(session, organisation):
                raise OrganisationExists
            if organisation.register_number:
                await lock(session, "register", f"{organisation.register_court}/{organisation.register_number}")
                if await queries.register_number_is_taken(session, organisation):
                    raise RegisterNumberTaken


def _check_village(access: Access, village: Village) -> None:
    access.check(network=village.network_id, municipality=village.municipality_id)


def _check_change(access: Access, organisation: Organisation, changed: set[str]) -> None:
    """Staff of the village change everything, the association's own contact what it says about itself."""
    village = organisation.village
    if not access.covers(network=village.network_id, municipality=village.municipality_id):
        access.check(organisation=organisation.id)
        if changed & STAFF_ONLY:
            raise Forbidden


def _tell_change(session: AsyncSession, organisation: Organisation, before: Publication) -> None:
    """What was never shown stays untold; what is hidden is told without its content."""
    if organisation.published:
        never_shown = before is Publication.DRAFT
        _tell(session, organisation, OrganisationRegistered if never_shown else OrganisationChanged)
    elif before is Publication.PUBLISHED:
        hidden = OrganisationHidden(organisation_id=organisation.id)
        network = organisation.village.network_slug
        record(session, hidden, subject=organisation.id, sequence=organisation.version, network=network)


def _tell(session: AsyncSession, organisation: Organisation, told: type[OrganisationState]) -> None:
    state = told(
        organisation_id=organisation.id,
        kind=organisation.kind,
        slug=organisation.slug,
        name=organisation.name,
        village_id=organisation.village_id,
        legal_form=organisation.legal_form,
        goals=organisation.goals,
        strengths=organisation.strengths,
        fields=[field.slug for field in organisation.fields],
        areas=organisation.areas,
        support_kinds=[SupportKind(kind) for kind in organisation.support_kinds],
        founded=organisation.founded,
        website=organisation.website,
    )
    network = organisation.village.network_slug
    record(session, state, subject=organisation.id, sequence=organisation.version, network=network)
