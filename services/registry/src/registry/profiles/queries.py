"""Reading published profiles: only of people who agree to `publication` at this moment."""

from shared.contracts.registry import AreaKind, ConsentPurpose
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.consents.conditions import has_given
from registry.consents.model import Consent
from registry.network_contacts.model import NetworkContact
from registry.network_contacts.queries import holds_today
from registry.organisations.model import Organisation, Publication
from registry.people.model import Contact, Person
from registry.profiles.schemas import ProfileAnswer, ProfileKind
from registry.territory.model import Network, Village
from registry.volunteers.model import Volunteer, VolunteerArea
from registry.volunteers.radius import reaches

MOST = 2_000  # of each kind, in one network


async def profiles_of(session: AsyncSession, network: str) -> list[ProfileAnswer]:
    """Those who speak for a network (by slug), its published contacts and its volunteers, by name."""
    speaking = await _speaking_for(session, network)
    return [*speaking, *await _contacts(session, network), *await _volunteers(session, network)]


async def _speaking_for(session: AsyncSession, network: str) -> list[ProfileAnswer]:
    rows = (
        select(Consent.id, NetworkContact)
        .join_from(NetworkContact, Person, Person.id == NetworkContact.person_id)
        .join(Consent, and_(Consent.person_id == Person.id, _published()))
        .where(NetworkContact.network.has(Network.slug == network), holds_today())
        .order_by(Person.name, NetworkContact.id)
    )
    return [
        ProfileAnswer(
            profile_id=profile_id,
            kind=ProfileKind.NETWORK_CONTACT,
            name=contact.person.name,
            function=contact.function,
        )
        for profile_id, contact in await session.execute(rows.limit(MOST))
    ]


async def _contacts(session: AsyncSession, network: str) -> list[ProfileAnswer]:
    rows = (
        select(Consent.id, Person.name, Contact.organisation_id, Contact.function)
        .join_from(Contact, Person, Person.id == Contact.person_id)
        .join(Consent, and_(Consent.person_id == Person.id, _published()))
        .join(Organisation, Organisation.id == Contact.organisation_id)
        .join(Village, Village.id == Organisation.village_id)
        .join(Network, Network.id == Village.network_id)
        .where(Network.slug == network, Contact.until.is_(None), Organisation.publication == Publication.PUBLISHED)
        .order_by(Person.name, Contact.id)
        .limit(MOST)
    )
    return [
        ProfileAnswer(
            profile_id=profile_id,
            kind=ProfileKind.CONTACT,
            name=name,
            organisation_id=organisation_id,
            function=function,
        )
        for profile_id, name, organisation_id, function in await session.execute(rows)
    ]


async def _volunteers(session: AsyncSession, network: str) -> list[ProfileAnswer]:
    here = select(Village).join(Network, Network.id == Village.network_id).where(Network.slug == network).subquery()
    touches = or_(
        VolunteerArea.kind == AreaKind.DISTRICT,
        and_(VolunteerArea.kind == AreaKind.NETWORK, VolunteerArea.area_id.in_(select(here.c.network_id))),
        and_(VolunteerArea.kind == AreaKind.VILLAGE, VolunteerArea.area_id.in_(select(here.c.id))),
        and_(VolunteerArea.kind == AreaKind.MUNICIPALITY, VolunteerArea.area_id.in_(select(here.c.municipality_id))),
        reaches(select(here.c.id)),
    )
    rows = (
        select(Consent.id, Volunteer)
        .join_from(Volunteer, Person, Person.id == Volunteer.person_id)
        .join(Consent, and_(Consent.person_id == Person.id, _published()))
        .where(Volunteer.area_rows.any(touches), Volunteer.paused_at.is_(None))
        .where(has_given(Volunteer.person_id, ConsentPurpose.CONTACT))
        .order_by(Person.name, Volunteer.id)
        .limit(MOST)
    )
    return [
        ProfileAnswer(
            profile_id=profile_id,
            kind=ProfileKind.VOLUNTEER,
            name=volunteer.person.name,
            fields=[field.slug for field in volunteer.fields],
            areas=volunteer.areas,
        )
        for profile_id, volunteer in (await session.execute(rows)).unique()
    ]


def _published() -> ColumnElement[bool]:
    return and_(Consent.purpose == ConsentPurpose.PUBLICATION, Consent.withdrawn_at.is_(None))
