"""Writing contact persons: of their own sheet, and those who stand in the rows of organisations."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from pydantic_core import to_jsonable_python
from shared.contracts.registry import ContactAppointed, ContactIdentified
from shared.errors import DomainError
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.consents import handlers as consents
from registry.imports.model import Choice, EntryKind, Outcome
from registry.imports.run import Run
from registry.people import contacts, handlers
from registry.people.model import Contact, ContactFunction, Person
from registry.people.schemas import ContactChanges, PersonChanges


async def write_contacts(run: Run, rows: Sequence[Any]) -> None:
    """Appoint whom the rows name, and fill or replace what is known of those who are there already."""
    for row in rows:
        values = row.values
        reference = values["organisation"]
        organisation_id = run.organisation(reference)
        target = row.target_id if row.choice in (Choice.COMPLETE, Choice.OVERWRITE) else None
        changed = target is not None and await complete_person(run, row, target, values)
        contact_id, is_new = await appoint(run, row, values, organisation_id, UUID(reference["village_id"]), target)
        if not is_new and row.choice is Choice.OVERWRITE:
            changed |= await _change_term(run, row, contact_id, values)
        outcome = Outcome.CREATED if is_new else Outcome.OVERWRITTEN if changed else Outcome.UNCHANGED
        if changed and row.choice is Choice.COMPLETE and not is_new:
            outcome = Outcome.COMPLETED
        run.became(row.number, outcome, contact_id, target or run.person(row, values)[0])


async def appoint(
    run: Run,
    row: Any,
    values: dict[str, Any],
    organisation_id: UUID,
    village_id: UUID,
    person_id: UUID | None = None,
) -> tuple[UUID, bool]:
    """The id of the appointment, and whether it is new. As `people.contacts.appoint_contact`."""
    is_new_person = False
    if person_id is None:
        person_id, is_new_person = run.person(row, values)
    function = ContactFunction(values["function"])
    if not is_new_person:
        await run.save()
        if (known := await _present(run.session, organisation_id, person_id, function)) is not None:
            return known, False
    await run.write_persons()
    contact_id = uuid4()
    starts_on, ends_on = _day(values.get("starts_on")), _day(values.get("ends_on"))
    over = ends_on is not None and ends_on < today()
    term = {
        "starts_on": starts_on or min(today(), ends_on or today()),
        "ends_on": ends_on,
        "until": ends_on if over else None,
    }
    named = {"organisation_id": organisation_id, "person_id": person_id, "function": function}
    await run.session.execute(sa.insert(Contact.__table__).values(id=contact_id, version=1, **named, **term))  # type: ignore[arg-type]
    run.enter(EntryKind.CONTACT, contact_id, row.number, person_id=person_id)
    if not over:
        network = run.vocabulary.villages[village_id].network_slug
        appointed = ContactAppointed(contact_id=contact_id, organisation_id=organisation_id, function=function)
        identified = ContactIdentified(contact_id=contact_id, person_id=person_id, organisation_id=organisation_id)
        run.tell(appointed, contact_id, 1, network)
        run.tell(identified, contact_id, 1, network)
        if not is_new_person:
            await consents.tell_changed_reach(run.session, person_id)
            await consents.tell_changed_profile(run.session, person_id)
    return contact_id, True


async def complete_person(run: Run, row: Any, person_id: UUID, values: dict[str, Any]) -> bool:
    """Fill in a missing address or number of somebody; what is known already stays, whatever the choice.

    An email address is what somebody logs in with: it is changed on their page, not by a list.
    """
    person = await run.session.get_one(Person, person_id)
    missing: dict[str, Any] = {
        name: values[name] for name in ("email", "phone") if name in values and getattr(person, name) is None
    }
    if not missing:
        return False
    before: dict[str, Any] = dict.fromkeys(missing)
    try:
        async with run.session.begin_nested():
            await handlers.change_person(
                run.session, run.access, person_id, PersonChanges.model_validate(missing), None
            )
    except DomainError as error:
        run.refuse(row.number, next(iter(missing)), error)
        return False
    run.enter(
        EntryKind.PERSON, person_id, row.number,
        person_id=person_id, version=person.version, changed=(before, missing),
    )  # fmt: skip
    return True


async def _change_term(run: Run, row: Any, contact_id: UUID, values: dict[str, Any]) -> bool:
    contact = await run.session.get_one(Contact, contact_id)
    wanted = {name: _day(values[name]) for name in ("starts_on", "ends_on") if name in values}
    different = {name: value for name, value in wanted.items() if getattr(contact, name) != value}
    if not different:
        return False
    before = to_jsonable_python({name: getattr(contact, name) for name in different})
    try:
        async with run.session.begin_nested():
            await contacts.change_contact(run.session, run.access, contact_id, ContactChanges(**different))
    except DomainError as error:
        run.refuse(row.number, next(iter(different)), error)
        return False
    changed = (before, to_jsonable_python(different))
    run.enter(
        EntryKind.CONTACT, contact_id, row.number,
        person_id=contact.person_id, version=contact.version, changed=changed,
    )  # fmt: skip
    return True


async def _present(
    session: AsyncSession, organisation_id: UUID, person_id: UUID, function: ContactFunction
) -> UUID | None:
    found: UUID | None = await session.scalar(
        sa.select(Contact.id).where(
            Contact.organisation_id == organisation_id,
            Contact.person_id == person_id,
            Contact.function == function,
            Contact.until.is_(None),
        )
    )
    return found


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
