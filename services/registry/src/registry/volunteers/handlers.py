"""Entering volunteers with what they agreed to, and changing what they said."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from pydantic import MISSING
from shared import audit
from shared.access.grants import Access, Role
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import AreaWithRadius, ConsentPurpose
from shared.errors import Forbidden
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access import queries as access_queries
from registry.access.handlers import record_grant
from registry.clock import today
from registry.consents import handlers as consents
from registry.consents.model import Giving
from registry.consents.queries import present_consent
from registry.database import apply
from registry.fields_of_activity import queries as fields
from registry.fields_of_activity.model import FieldOfActivity
from registry.people.handlers import person_for_staff
from registry.people.model import Person
from registry.people.schemas import PersonInput
from registry.territory import queries as territory
from registry.versions import expect_version
from registry.volunteers import queries
from registry.volunteers.model import UnknownWhereabouts, Volunteer, check_span
from registry.volunteers.schemas import Offer, VolunteerChanges, VolunteerInput
from registry.volunteers.scope import places_of
from registry.volunteers.telling import tell_changed, tell_signed_up


async def record_volunteer(session: AsyncSession, access: Access, entered: VolunteerInput) -> Volunteer:
    """Enter somebody who said to the staff that they want to help, and what they agree to.

    Who is a volunteer already is changed: fields and areas are added, details that are given replace what was known.
    The places must be the caller's own. Raises what `check_offer` and `consents.give` raise.
    """
    chosen = await check_offer(session, entered)
    await _check_places(session, access, entered.areas)
    givings = {
        agreed.purpose: Giving(
            text_version=agreed.text_version,
            channel=entered.channel.channel,
            given_on=entered.given_on or today(),
            recorded_by=access.principal.id,
            guardian=entered.guardian,
        )
        for agreed in entered.consents
    }
    person_input = PersonInput(name=entered.name, email=entered.email, phone=entered.phone)
    async with beyond_scopes(session):  # the places are the caller's; who is known elsewhere stays one person
        person = await person_for_staff(session, access, person_input)
        person.note_birth_date(entered.birth_date, today())
        volunteer = await enter_volunteer(session, person, chosen, entered.areas, givings, entered.details)
        await session.refresh(volunteer, ["consents"])
    return volunteer


async def check_offer(session: AsyncSession, offer: Offer) -> list[FieldOfActivity]:
    """The fields that an offer names.

    Raises `UnknownField`, `UnknownArea`, `UnknownWhereabouts`, `AvailableBackwards`.
    """
    chosen = await fields.fields_named(session, offer.fields)
    await check_areas(session, offer.areas)
    check_span(offer.available_from, offer.available_until)
    return chosen


async def check_areas(session: AsyncSession, areas: Sequence[AreaWithRadius]) -> None:
    """Raise `UnknownArea`, or `UnknownWhereabouts` for kilometres around a village that has no coordinates."""
    await territory.check_areas(session, areas)
    around = [area.id for area in areas if area.km is not None]
    for village in await territory.villages_by_id(session, around):
        if village.latitude is None:
            raise UnknownWhereabouts(village=village.name)


async def enter_volunteer(
    session: AsyncSession,
    person: Person,
    chosen: list[FieldOfActivity],
    areas: Sequence[AreaWithRadius],
    givings: Mapping[ConsentPurpose, Giving],
    details: Mapping[str, Any],
) -> Volunteer:
    """Make a person a volunteer; who is one already also helps in these fields and areas from now on.

    `details` are values of `VolunteerDetails`. Who signs up again is back from a pause. The session sees every row.
    Raises what `Volunteer.check` raises.
    """
    volunteer = await queries.volunteer_of(session, person.id)
    if volunteer is None:
        volunteer = Volunteer(id=uuid4(), person_id=person.id, person=person, fields=[], area_rows=[], slots=[])
        session.add(volunteer)
    is_asked_already = await present_consent(session, person.id, ConsentPurpose.CONTACT) is not None
    volunteer.check(details)
    changes = [volunteer.add(chosen, areas), apply(volunteer, details), volunteer.resume()]
    await session.flush()
    if any(changes):
        await _tell_elsewhere(session, person.id)
    for purpose, giving in givings.items():
        await consents.give(session, person, purpose, giving)
    if any(changes) and is_asked_already:  # else the new consent has told it
        volunteer.touch()
        await tell_signed_up(session, volunteer)
    if not await access_queries.holds(session, person.id, Role.VOLUNTEER, None):
        await record_grant(session, person.id, Role.VOLUNTEER)
    return volunteer


async def change_volunteer(
    session: AsyncSession, access: Access, volunteer_id: UUID, changes: VolunteerChanges, if_match: str | None
) -> Volunteer:
    """Change what a volunteer in the caller's scope said. New places must be the caller's own."""
    volunteer = await queries.volunteer(session, access, volunteer_id, lock=True)
    expect_version(volunteer, if_match)
    if changes.areas is not MISSING:
        await check_areas(session, changes.areas)
        known = {(area.kind, area.id) for area in volunteer.areas}
        await _check_places(session, access, [area for area in changes.areas if (area.kind, area.id) not in known])
    return await apply_changes(session, volunteer, changes)


async def apply_changes(session: AsyncSession, volunteer: Volunteer, changes: VolunteerChanges) -> Volunteer:
    """Change what somebody said, whoever may do so; the same again changes nothing.

    Raises what `check_offer` and `Volunteer.check` raise.
    """
    public = {"fields": volunteer.fields, "areas": volunteer.areas, "rhythm": volunteer.rhythm}
    values: dict[str, Any] = dict(changes.details)
    if changes.fields is not MISSING:
        values["fields"] = await fields.fields_named(session, changes.fields, kept=volunteer.fields)
    if changes.areas is not MISSING:
        await check_areas(session, changes.areas)
        values["areas"] = [AreaWithRadius.model_validate(area.model_dump()) for area in changes.areas]
    volunteer.check(values)
    before = {name: getattr(volunteer, name) for name in values}
    async with beyond_scopes(session):  # the volunteer is the caller's; fields and areas have no owner of their own
        apply(volunteer, values)
        changed = sorted(name for name, value in before.items() if getattr(volunteer, name) != value)
        if changed:
            volunteer.touch()
            await session.flush()
            audit_volunteer(session, "volunteer.changed", volunteer, fields=", ".join(changed))
            if any(getattr(volunteer, name) != value for name, value in public.items()):
                await tell_changed(session, volunteer)
                await _tell_elsewhere(session, volunteer.person_id)
    return volunteer


def audit_volunteer(session: AsyncSession, action: str, volunteer: Volunteer, **details: str) -> None:
    """Note what was done with a volunteer, never what they said."""
    persons = [volunteer.person_id]
    audit.record(session, action, kind="volunteer", subject=volunteer.id, persons=persons, details=details)


async def _tell_elsewhere(session: AsyncSession, person_id: UUID) -> None:
    """Where somebody helps decides whose newsletter they get, and is part of their profile."""
    await consents.tell_changed_reach(session, person_id)
    await consents.tell_changed_profile(session, person_id)


async def _check_places(session: AsyncSession, access: Access, areas: Sequence[AreaWithRadius]) -> None:
    """Each area must be one that the caller is responsible for; the whole district is the district's alone.

    Kilometres around a village are asked for where the village is: they do not make one responsible there.
    """
    for area in areas:
        places = await places_of(session, [area.model_copy(update={"km": None})])
        mine = [access.covers(network=network) for network in places.networks]
        mine += [access.covers(municipality=municipality) for municipality in places.municipalities]
        if not (any(mine) or access.covers()):
            raise Forbidden
