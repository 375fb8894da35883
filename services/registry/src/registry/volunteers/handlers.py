"""Signing up as a volunteer."""

from datetime import UTC, datetime
from uuid import uuid4

from shared.access.grants import Role
from shared.contracts.registry import VolunteerSignedUp
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.handlers import record_grant
from registry.fields_of_activity import queries as fields
from registry.people.handlers import ensure_person
from registry.people.schemas import PersonInput
from registry.territory import queries as territory
from registry.volunteers import queries
from registry.volunteers.consent_texts import current_version
from registry.volunteers.model import Consent, ConsentChannel, ConsentPurpose, OutdatedConsent, Volunteer
from registry.volunteers.schemas import VolunteerInput


async def sign_up(session: AsyncSession, entered: VolunteerInput) -> None:
    """Enter a volunteer with the consent that they gave.

    Anybody may type anybody's address, so who is already a volunteer stays as they are, and the answer does not tell:
    a refusal such as 409 would let strangers find out who is registered.
    """
    if entered.consent.text_version != current_version(ConsentPurpose.CONTACT):
        raise OutdatedConsent
    chosen = await fields.fields_named(session, entered.fields)
    await territory.check_areas(session, entered.areas)
    person, _ = await ensure_person(session, PersonInput(name=entered.name, email=entered.email, phone=entered.phone))
    if await queries.is_volunteer(session, person.id):
        return
    volunteer = Volunteer(id=uuid4(), person_id=person.id, person=person, fields=chosen, area_rows=[])
    volunteer.areas = entered.areas
    session.add_all([volunteer, _consent_of(volunteer, entered)])
    await session.flush()
    await record_grant(session, person.id, Role.VOLUNTEER)
    await _tell(session, volunteer)


def _consent_of(volunteer: Volunteer, entered: VolunteerInput) -> Consent:
    return Consent(
        person_id=volunteer.person_id,
        purpose=ConsentPurpose.CONTACT,
        text_version=entered.consent.text_version,
        channel=ConsentChannel.WEB,
        given_at=datetime.now(UTC),
    )


async def _tell(session: AsyncSession, volunteer: Volunteer) -> None:
    networks = await territory.networks_of_areas(session, volunteer.areas)
    network = networks.pop() if len(networks) == 1 else None
    slugs = [field.slug for field in volunteer.fields]
    signed_up = VolunteerSignedUp(volunteer_id=volunteer.id, fields=slugs, areas=volunteer.areas)
    record(session, signed_up, subject=volunteer.id, sequence=volunteer.version, network=network)
