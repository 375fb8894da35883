"""Reading erasures, and where a person belongs."""

from collections.abc import Sequence
from uuid import UUID

from shared.access.grants import Access, Role
from shared.access.tenancy import EVERYTHING, scopes_of
from shared.erasure.forgetting import Subject
from shared.errors import NotFound
from sqlalchemy import ColumnElement, Text, cast, func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.model import AccessGrant
from registry.access.queries import in_force
from registry.erasures.model import Erasure, read_number
from registry.merging.persons_model import MergedPerson
from registry.network_contacts.model import NetworkContact
from registry.network_contacts.queries import lasts
from registry.people.model import Contact
from registry.volunteers.model import Volunteer


async def subject_of(session: AsyncSession, erasure_id: UUID, person_id: UUID) -> Subject:
    """Every id that stands for the person. The session sees rows beyond the caller's scopes."""
    contacts = await session.scalars(select(Contact.id).where(Contact.person_id == person_id).order_by(Contact.id))
    volunteer = await session.scalar(select(Volunteer.id).where(Volunteer.person_id == person_id))
    former = await session.scalars(select(MergedPerson.person_id).where(MergedPerson.into_person_id == person_id))
    return Subject(erasure_id, person_id, tuple(contacts), volunteer, tuple(sorted(former)))


async def contacts_of(session: AsyncSession, person_id: UUID) -> Sequence[Contact]:
    """The person's present appointments, by organisation."""
    present = select(Contact).where(Contact.person_id == person_id, Contact.until.is_(None))
    return (await session.scalars(present.order_by(Contact.starts_on, Contact.id))).unique().all()


async def scopes_of_person(session: AsyncSession, person_id: UUID) -> list[str]:
    """Where the person belongs: the person, and places and organisations of appointments, grants and voluntary work."""
    scopes = {str(person_id)}
    for contact in await contacts_of(session, person_id):
        village = contact.organisation.village
        scopes |= {str(each) for each in (contact.organisation_id, village.municipality_id, village.network_id) if each}
    scopes |= {str(each) for each in await networks_spoken_for(session, person_id)}
    held = select(AccessGrant.scope_id).where(AccessGrant.person_id == person_id, AccessGrant.scope_id.is_not(None))
    scopes |= {str(each) for each in await session.scalars(held)}
    volunteer = await session.scalar(select(Volunteer).where(Volunteer.person_id == person_id))
    return sorted(scopes | {str(area.id) for area in (volunteer.areas if volunteer else ())})


async def networks_spoken_for(session: AsyncSession, person_id: UUID) -> Sequence[UUID]:
    """The networks whose contact person somebody is or is going to be."""
    speaking = select(NetworkContact.network_id).where(NetworkContact.person_id == person_id, lasts())
    return (await session.scalars(speaking)).all()


async def is_last_officer(session: AsyncSession, person_id: UUID) -> bool:
    """Whether this person and nobody else speaks for the district office."""
    officers = select(AccessGrant.person_id).where(AccessGrant.role == Role.DISTRICT_OFFICER, in_force())
    return set(await session.scalars(officers)) == {person_id}


async def find(session: AsyncSession, access: Access, *, after: UUID | None, limit: int) -> Sequence[Erasure]:
    """The erasures of people who belonged to the caller's scope, newest first."""
    found = select(Erasure).where(_in_scope(access))
    if after is not None:
        position = select(Erasure.requested_at, Erasure.id).where(Erasure.id == after).scalar_subquery()
        found = found.where(tuple_(Erasure.requested_at, Erasure.id) < position)
    return (await session.scalars(found.order_by(Erasure.requested_at.desc(), Erasure.id.desc()).limit(limit))).all()


async def erasure(session: AsyncSession, access: Access, erasure_id: UUID) -> Erasure:
    """One in the caller's scope. Raises `NotFound`."""
    found = await session.scalar(select(Erasure).where(Erasure.id == erasure_id, _in_scope(access)))
    if found is None:
        raise NotFound
    return found


async def by_number(session: AsyncSession, number: str) -> Erasure:
    """The erasure of a number, as its owner was given it. Raises `NotFound`."""
    found = await session.scalar(select(Erasure).where(Erasure.number == read_number(number)))
    if found is None:
        raise NotFound
    return found


async def for_update(session: AsyncSession, erasure_id: UUID) -> Erasure | None:
    """One, locked, for a worker."""
    return await session.scalar(select(Erasure).where(Erasure.id == erasure_id).with_for_update())


async def known_ids(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these erasures the database knows."""
    return set(await session.scalars(select(Erasure.id).where(Erasure.id == func.any(literal(list(ids))))))


def _in_scope(access: Access) -> ColumnElement[bool]:
    scopes = scopes_of(access.principal)
    if EVERYTHING in scopes:
        return true()
    return Erasure.scopes.op("&&")(cast(scopes, ARRAY(Text)))
