"""Entering and changing organisations: by staff and contacts, by imports, and by the link of a confirmation."""

from typing import Any
from uuid import UUID, uuid4

from pydantic import MISSING
from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import OrganisationKind, OrganisationRegistered
from shared.errors import Forbidden
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.database import apply, lock
from registry.fields_of_activity import queries as fields
from registry.fields_of_activity.model import FieldOfActivity
from registry.lead_mandates import queries as lead_mandates
from registry.organisations import queries
from registry.organisations.model import (
    HasMembers,
    LeadsItsVillage,
    Organisation,
    OrganisationExists,
    RegisterNumberTaken,
)
from registry.organisations.schemas import OrganisationChanges, OrganisationInput, OwnChanges
from registry.organisations.telling import tell_change, tell_state
from registry.slugs import unused_slug
from registry.territory import queries as territory
from registry.territory.model import Village
from registry.versions import expect_version

STAFF_ONLY = {"kind", "public_body_kind", "village_id", "publication"}  # also what a lead mandate rests on
_LISTS = {"fields", "areas", "federations"}


async def register_organisation(session: AsyncSession, access: Access, entered: OrganisationInput) -> Organisation:
    """Enter an organisation in a village of the caller's scope. It is public at once unless entered as a draft.

    Raises `OrganisationExists`, `RegisterNumberTaken`, and what the entry's own rules and its places raise.
    """
    village = await territory.village_named(session, entered.village_id)
    _check_village(access, village)
    slug = await unused_slug(session, Organisation.slug, entered.name, village.name)
    organisation = new_organisation(entered, slug, village, await fields.fields_named(session, entered.fields))
    await territory.check_areas(session, entered.areas)
    await queries.check_federations(session, organisation, entered.federations)
    await check_entry(session, organisation)
    session.add(organisation)
    await session.flush()
    if organisation.published:
        tell_state(session, organisation, OrganisationRegistered)
    return organisation


def new_organisation(
    entered: OrganisationInput, slug: str, village: Village, chosen: list[FieldOfActivity]
) -> Organisation:
    """The entry that an input makes; whether it may be made was checked by the caller, or will be."""
    organisation = Organisation(
        id=uuid4(),
        slug=slug,
        village=village,
        fields=chosen,
        area_rows=[],
        federation_rows=[],
        **_columns(entered),
    )
    organisation.areas, organisation.federations = entered.areas, entered.federations
    return organisation


async def change_organisation(
    session: AsyncSession, access: Access, organisation_id: UUID, changes: OrganisationChanges, if_match: str | None
) -> Organisation:
    """Change an entry: staff of its village, or the organisation's own contact, who confirms it by that.

    Raises `LeadsItsVillage` when that would take away what its mandate rests on.
    """
    organisation = await queries.organisation_for_update(session, access, organisation_id)
    village = organisation.village
    by_staff = access.covers(network=village.network_id, municipality=village.municipality_id)
    if not by_staff:
        access.check(organisation=organisation.id)
        if changes.model_fields_set & STAFF_ONLY:
            raise Forbidden
    expect_version(organisation, if_match)
    if changes.village_id is not MISSING and changes.village_id != organisation.village_id:
        _check_village(access, await territory.village_named(session, changes.village_id))
    return await change_entry(session, organisation, changes, confirm=not by_staff)


async def change_entry(
    session: AsyncSession, organisation: Organisation, changes: OwnChanges, *, confirm: bool = False
) -> Organisation:
    """Change an entry that the caller has the right to, and tell of it; with `confirm`, say that it holds."""
    values = _columns(changes)
    before = organisation.publication
    organisation.check_publication(values.get("publication", before))
    await _check_standing(session, organisation, values)
    changed = await _change_lists(session, organisation, changes)
    if "village_id" in values:
        organisation.village = await territory.village_named(session, values["village_id"])
    confirmed = confirm and organisation.confirmed_on != today()
    if apply(organisation, values) or changed or confirmed:
        if confirm:
            organisation.confirm(today())
        await check_entry(session, organisation)
        organisation.touch()
        await session.flush()
        tell_change(session, organisation, before)
    return organisation


def _columns(entered: OrganisationInput | OwnChanges) -> dict[str, Any]:
    """The attributes of an organisation that are named in an input, but for its lists of other things."""
    values = entered.model_dump(exclude=_LISTS)
    if "notice" in values:
        notice = values.pop("notice") or {"kind": None, "issued_on": None}
        values |= {"notice_kind": notice["kind"], "notice_on": notice["issued_on"]}
    if values.get("founded_on") is not None and values.get("founded") is None:
        values["founded"] = values["founded_on"].year
    return values


async def _check_standing(session: AsyncSession, organisation: Organisation, values: dict[str, Any]) -> None:
    """What others rest on stays: the lead of a village, the federation of its members."""
    different = {name for name in STAFF_ONLY & set(values) if getattr(organisation, name) != values[name]}
    if different and await lead_mandates.leads_now_or_later(session, organisation.id):
        raise LeadsItsVillage
    if "kind" in different and organisation.kind is OrganisationKind.FEDERATION:
        async with beyond_scopes(session, reads_only=True):  # members may be entries that the caller does not see
            if await queries.has_members(session, organisation.id):
                raise HasMembers


async def _change_lists(session: AsyncSession, organisation: Organisation, changes: OwnChanges) -> bool:
    before = (organisation.fields[:], organisation.areas, organisation.federations)
    if changes.areas is not MISSING:
        await territory.check_areas(session, changes.areas)
    if changes.federations is not MISSING:
        await queries.check_federations(session, organisation, changes.federations)
    if changes.fields is not MISSING:
        organisation.fields = await fields.fields_named(session, changes.fields, kept=organisation.fields)
    if changes.areas is not MISSING:
        organisation.areas = changes.areas
    if changes.federations is not MISSING:
        organisation.federations = changes.federations
    return before != (organisation.fields, organisation.areas, organisation.federations)


async def check_entry(session: AsyncSession, organisation: Organisation) -> None:
    """The entry's own rules, and that it is not entered twice.

    Raises what `Organisation.check` raises, `OrganisationExists` and `RegisterNumberTaken`.
    """
    organisation.check()
    # Whether a name or number is taken concerns entries, too, that the caller does not see.
    with session.no_autoflush:
        await lock(session, "organisation", f"{organisation.village.id}/{organisation.name}")
        async with beyond_scopes(session, reads_only=True):
            if await queries.name_is_taken(session, organisation):
                raise OrganisationExists
            if organisation.register_number:
                await lock(session, "register", f"{organisation.register_court}/{organisation.register_number}")
                if await queries.register_number_is_taken(session, organisation):
                    raise RegisterNumberTaken


def _check_village(access: Access, village: Village) -> None:
    access.check(network=village.network_id, municipality=village.municipality_id)
