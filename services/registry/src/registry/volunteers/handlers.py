"""Entering volunteers with what they agreed to."""

from collections.abc import Mapping
from uuid import uuid4

from shared.access.grants import Access, Role
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import Area, ConsentPurpose
from shared.errors import Forbidden
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access import queries as access_queries
from registry.access.handlers import record_grant
from registry.clock import today
from registry.consents import handlers as consents
from registry.consents.model import Giving
from registry.consents.queries import present_consent
from registry.fields_of_activity import queries as fields
from registry.fields_of_activity.model import FieldOfActivity
from registry.people.handlers import person_for_staff
from registry.people.model import Person
from registry.people.schemas import PersonInput
from registry.territory import queries as territory
from registry.volunteers import queries
from registry.volunteers.model import Volunteer
from registry.volunteers.schemas import VolunteerInput
from registry.volunteers.scope import places_of
from registry.volunteers.telling import tell_signed_up


async def record_volunteer(session: AsyncSession, access: Access, entered: VolunteerInput) -> Volunteer:
    """Enter somebody who said to the staff that they want to help, and what they agree to.

    The places must be the caller's own. Raises what `consents.give` raises.
    """
    chosen = await fields.fields_named(session, entered.fields)
    await territory.check_areas(session, entered.areas)
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
        volunteer = await enter_volunteer(session, person, chosen, entered.areas, givings)
        await session.refresh(volunteer, ["consents"])
    return volunteer


async def enter_volunteer(
    session: AsyncSession,
    person: Person,
    chosen: list[FieldOfActivity],
    areas: list[Area],
    givings: Mapping[ConsentPurpose, Giving],
) -> Volunteer:
    """Make a person a volunteer; who is one already also helps in these fields and areas from now on."""
    volunteer = await queries.volunteer_of(session, person.id)
    if volunteer is None:
        volunteer = Volunteer(id=uuid4(), person_id=person.id, person=person, fields=[], area_rows=[])
        session.add(volunteer)
    is_asked_already = await present_consent(session, person.id, ConsentPurpose.CONTACT) is not None
    changed = volunteer.add(chosen, areas)
    await session.flush()
    if changed:
        await consents.tell_changed_reach(session, person.id)
        await consents.tell_changed_profile(session, person.id)
    for purpose, giving in givings.items():
        await consents.give(session, person, purpose, giving)
    if changed and is_asked_already:  # else the new consent has told it
        volunteer.touch()
        await tell_signed_up(session, volunteer)
    if not await access_queries.holds(session, person.id, Role.VOLUNTEER, None):
        await record_grant(session, person.id, Role.VOLUNTEER)
    return volunteer


async def _check_places(session: AsyncSession, access: Access, areas: list[Area]) -> None:
    """Each area must be one that the caller is responsible for; the whole district is the district's alone."""
    for area in areas:
        places = await places_of(session, [area])
        mine = [access.covers(network=network) for network in places.networks]
        mine += [access.covers(municipality=municipality) for municipality in places.municipalities]
        if not (any(mine) or access.covers()):
            raise Forbidden
