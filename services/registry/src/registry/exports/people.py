"""The lists of contacts, volunteers and consents as sheets, also for letters. Each person who is in it is noted."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from shared import audit
from shared.access.grants import Access
from shared.contracts.registry import ConsentPurpose
from shared.i18n import Translator
from shared.sheets.files import Sheet, rows_of
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from registry.consents.model import Consent
from registry.exports import columns
from registry.exports.naming import Naming, load_naming
from registry.imports.model import ListKind
from registry.people import queries as people
from registry.people.model import Contact, Person
from registry.spreadsheets.salutations import salutation
from registry.volunteers import queries as volunteers
from registry.volunteers.model import Standing, Volunteer

_DETAILS = (
    *("rhythm", "hours_per_month", "available_from", "available_until", "skills", "own_skills", "languages"),
    *("preferred_channel", "best_time", "street", "postcode", "town"),
)

WEEK = frozenset({"weekdays", "daytimes"})
"""Columns of the import that an export leaves out: days and parts of them apart do not say which part of which day."""


async def sheet_of_contacts(
    session: AsyncSession, access: Access, wanted: people.ContactFilter, *, letters: bool
) -> Sheet:
    """Contacts of the caller's scope by name; for letters with a salutation."""
    naming, translate = await load_naming(session), Translator("registry")

    async def rows() -> AsyncIterator[dict[str, Any]]:
        seen: set[UUID] = set()
        async for one in rows_of(
            session, lambda after, limit: people.list_contacts(session, access, wanted, after, limit)
        ):
            seen.add(one.person_id)
            yield _contact(one, naming) | {"salutation": salutation(one.person.name, None, translate)}
        audit.record_list(session, "contacts.exported", seen)

    listed = columns.of_import(ListKind.CONTACTS, naming.vocabulary)
    return Sheet("Ansprechpersonen", columns.CONTACT_LETTERS if letters else listed, rows())


def _contact(one: Contact, naming: Naming) -> dict[str, Any]:
    return naming.place(one.organisation.village_id) | {
        "name": one.person.name,
        "email": one.person.email,
        "phone": one.person.phone,
        "function": one.function,
        "organisation": one.organisation.name,
        "starts_on": one.starts_on,
        "ends_on": one.until or one.ends_on,
    }


async def sheet_of_volunteers(
    session: AsyncSession, access: Access, wanted: volunteers.Filter, *, letters: bool
) -> Sheet:
    """Volunteers of the caller's scope who agree to be contacted; letters go to nobody who pauses."""
    naming, translate = await load_naming(session), Translator("registry")
    wanted = replace(wanted, standing=Standing.ACTIVE) if letters else wanted

    async def rows() -> AsyncIterator[dict[str, Any]]:
        seen: set[UUID] = set()
        async for one in rows_of(
            session, lambda after, limit: volunteers.list_volunteers(session, access, wanted, after, limit)
        ):
            seen.add(one.person_id)
            yield _volunteer(one, naming) | {"salutation": salutation(one.person.name, None, translate)}
        audit.record_list(session, "volunteers.exported", seen)

    listed = columns.of_import(ListKind.VOLUNTEERS, naming.vocabulary, WEEK)
    return Sheet("Freiwillige", columns.VOLUNTEER_LETTERS if letters else listed, rows())


def _volunteer(one: Volunteer, naming: Naming) -> dict[str, Any]:
    given = {consent.purpose: consent for consent in one.consents}
    contact = given.get(ConsentPurpose.CONTACT)
    return {name: getattr(one, name) for name in _DETAILS} | {
        "name": one.person.name,
        "email": one.person.email,
        "phone": one.person.phone,
        "birth_date": one.person.birth_date,
        "fields": "; ".join(field.name for field in one.fields),
        "areas": naming.areas(one.areas),
        "times": one.slots,
        "given_on": contact.given_on if contact else None,
        "guardian": contact.guardian if contact else None,
        **{purpose.value: purpose in given for purpose in ConsentPurpose},
    }


async def sheet_of_consents(session: AsyncSession, access: Access, purpose: ConsentPurpose | None) -> Sheet:
    """Consents that hold now, of the people whom the caller sees in lists, by name; as for the newsletter."""

    async def page(after: str | None, limit: int) -> tuple[list[tuple[Person, Consent]], str | None]:
        wanted = (
            select(Person, Consent)
            .join(Consent, Consent.person_id == Person.id)
            .where(Consent.withdrawn_at.is_(None), people.seen_by(access))
            .order_by(Person.name, Consent.id)
        )
        if purpose is not None:
            wanted = wanted.where(Consent.purpose == purpose)
        if after is not None:
            name, key = after.rsplit("\n", 1)
            wanted = wanted.where(tuple_(Person.name, Consent.id) > tuple_(name, UUID(key)))
        found = [(person, consent) for person, consent in await session.execute(wanted.limit(limit))]
        last = found[-1] if len(found) == limit else None
        return found, f"{last[0].name}\n{last[1].id}" if last else None

    async def rows() -> AsyncIterator[dict[str, Any]]:
        seen: set[UUID] = set()
        async for person, consent in rows_of(session, page):
            seen.add(person.id)
            values = {name: getattr(consent, name) for name in ("purpose", "given_on", "channel", "guardian")}
            yield values | {"name": person.name, "email": person.email, "phone": person.phone}
        audit.record_list(session, "consents.exported", seen)

    return Sheet("Einwilligungen", columns.CONSENTS, rows())
