"""Reading persons and contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.access.grants import Access, Role, ScopeKind
from shared.contracts.registry import ConsentPurpose
from shared.errors import NotFound, NotLoggedIn
from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from registry.access.model import AccessGrant
from registry.consents.conditions import has_given
from registry.merging.persons_model import MergedPerson, WasMerged
from registry.network_contacts.model import NetworkContact
from registry.network_contacts.queries import lasts
from registry.organisations.model import Organisation
from registry.pages import read_page
from registry.people.model import Contact, ContactFunction, Person, UnknownPerson
from registry.scope import has_district, ids_of, organisations_in_scope
from registry.volunteers.model import Volunteer
from registry.volunteers.scope import volunteers_in_scope


async def person_by_id(session: AsyncSession, person_id: UUID) -> Person:
    """The caller. Raises `NotFound` for a program, `NotLoggedIn` for a token of an entry that was merged meanwhile."""
    found = await session.get(Person, person_id)
    if found is None:
        raise NotFound if await session.get(MergedPerson, person_id) is None else NotLoggedIn
    return found


async def person_named(session: AsyncSession, person_id: UUID) -> Person:
    """The person that an input names. Raises `UnknownPerson`."""
    found = await session.get(Person, person_id)
    if found is None:
        raise UnknownPerson
    return found


async def person(session: AsyncSession, access: Access, person_id: UUID, *, lock: bool = False) -> Person:
    """A person in the caller's scope. Raises `NotFound`, also for those outside of it."""
    volunteers = select(Volunteer.person_id).where(volunteers_in_scope(access))
    wanted = select(Person).where(Person.id == person_id, or_(persons_in_scope(access), Person.id.in_(volunteers)))
    if lock:
        wanted = wanted.with_for_update()
    found = await session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


async def person_or_pointer(session: AsyncSession, access: Access, person_id: UUID) -> Person:
    """Like `person`. Raises `WasMerged`, too, for the id of an entry that another one in scope stands for."""
    try:
        return await person(session, access, person_id)
    except NotFound:
        into = await session.get(MergedPerson, person_id)
        if into is None:
            raise
    raise WasMerged((await person(session, access, into.into_person_id)).id)  # told to who may see that entry alone


async def list_persons(
    session: AsyncSession, access: Access, name: str | None, after: str | None, limit: int
) -> tuple[Sequence[Person], str | None]:
    """The persons in the caller's scope by name, without those who no longer want to be asked as volunteers."""
    persons = select(Person).where(persons_in_scope(access), _is_listed())
    if name is not None:
        persons = persons.where(Person.name.icontains(name, autoescape=True))
    return await read_page(session, persons, (Person.name, Person.id), after, limit)


async def persons_by_email(session: AsyncSession, email: str) -> Sequence[Person]:
    """Everybody who shares this mailbox, in the order in which they were entered."""
    persons = select(Person).where(func.lower(Person.email) == func.lower(email))
    return (await session.scalars(persons.order_by(Person.created_at, Person.id))).all()


async def same_person(session: AsyncSession, name: str, email: str | None, phone: str | None) -> Person | None:
    """Who is already entered with this name and email address; or, without an address, with this telephone number."""
    persons = select(Person).where(func.lower(Person.name) == func.lower(name))
    if email is not None:
        persons = persons.where(func.lower(Person.email) == func.lower(email))
    else:
        persons = persons.where(Person.email.is_(None), Person.phone == phone)
    found: Person | None = await session.scalar(persons)
    return found


@dataclass(frozen=True)
class ContactFilter:
    """Which contacts a list shows; None leaves a property open."""

    organisation_id: UUID | None = None
    person_id: UUID | None = None
    ended: bool = False
    name: str | None = None


async def list_contacts(
    session: AsyncSession, access: Access, wanted: ContactFilter, after: str | None, limit: int
) -> tuple[Sequence[Contact], str | None]:
    """The present contacts in the caller's scope by the person's name, or those whose function has ended."""
    contacts = select(Contact).join(Contact.person.of_type(Person)).where(_contacts_in_scope(access))
    contacts = contacts.where(Contact.until.is_not(None) if wanted.ended else Contact.until.is_(None))
    if wanted.organisation_id is not None:
        contacts = contacts.where(Contact.organisation_id == wanted.organisation_id)
    if wanted.person_id is not None:
        contacts = contacts.where(Contact.person_id == wanted.person_id)
    if wanted.name is not None:
        contacts = contacts.where(Person.name.icontains(wanted.name, autoescape=True))
    return await read_page(session, contacts, (Person.name, Contact.id), after, limit)


def with_mail(organisation_id: UUID | InstrumentedAttribute[UUID]) -> Select[Person]:
    """People who speak for the organisation at present and can be reached by email, each once."""
    present = select(Person).join(Contact, Contact.person_id == Person.id).distinct()
    return present.where(Contact.organisation_id == organisation_id, Contact.until.is_(None), Person.email.is_not(None))


async def people_with_mail(session: AsyncSession, organisation_id: UUID) -> Sequence[Person]:
    """The present contacts of an organisation who can be reached by email."""
    return (await session.scalars(with_mail(organisation_id).order_by(Person.id))).all()


async def contact_for_update(session: AsyncSession, access: Access, contact_id: UUID) -> Contact:
    """A contact in the caller's scope, locked. Raises `NotFound`."""
    wanted = select(Contact).where(Contact.id == contact_id, _contacts_in_scope(access))
    found = await session.scalar(wanted.with_for_update(of=Contact))
    if found is None:
        raise NotFound
    return found


async def is_contact(session: AsyncSession, person_id: UUID) -> bool:
    """Whether the person has a function of any organisation now."""
    present = select(Contact.id).where(Contact.person_id == person_id, Contact.until.is_(None)).limit(1)
    return await session.scalar(present) is not None


async def is_appointed(
    session: AsyncSession, organisation_id: UUID, person_id: UUID, function: ContactFunction
) -> bool:
    """Whether the person has this function of the organisation now."""
    same = select(Contact.id).where(
        Contact.organisation_id == organisation_id,
        Contact.person_id == person_id,
        Contact.function == function,
        Contact.until.is_(None),
    )
    return await session.scalar(same) is not None


def _contacts_in_scope(access: Access) -> ColumnElement[bool]:
    return Contact.organisation_id.in_(select(Organisation.id).where(organisations_in_scope(access)))


def _is_listed() -> ColumnElement[bool]:
    """Not for those who are only volunteers and have withdrawn their consent to be contacted."""
    volunteers = select(Volunteer.person_id)
    roles = select(AccessGrant.person_id).where(AccessGrant.role != Role.VOLUNTEER, AccessGrant.ended_at.is_(None))
    return or_(
        has_given(Person.id, ConsentPurpose.CONTACT),
        Person.id.not_in(volunteers),
        Person.id.in_(select(Contact.person_id).where(Contact.until.is_(None))),
        Person.id.in_(roles),
        Person.id.in_(select(NetworkContact.person_id).where(lasts())),
    )


def persons_in_scope(access: Access) -> ColumnElement[bool]:
    """Contacts of the caller's organisations and networks, and whom the caller has entered.

    Volunteers have a list of their own.
    """
    if has_district(access):
        return true()
    networks = ids_of(access, ScopeKind.NETWORK)
    speaking = select(NetworkContact.person_id).where(NetworkContact.network_id.in_(networks), lasts())
    present = select(Contact.person_id).where(Contact.until.is_(None), _contacts_in_scope(access))
    me = access.principal.id
    return or_(Person.id.in_(present), Person.id.in_(speaking), Person.recorded_by == me, Person.id == me)


def seen_by(access: Access) -> ColumnElement[bool]:
    """Whom the caller sees in one of the lists: persons, and volunteers who may be asked."""
    volunteers = select(Volunteer.person_id).where(
        volunteers_in_scope(access), has_given(Volunteer.person_id, ConsentPurpose.CONTACT)
    )
    return or_(persons_in_scope(access) & _is_listed(), Person.id.in_(volunteers))
