"""Rows that name somebody beside the people who are entered already.

Who has the same name and address is the same person, whoever entered them (`people.queries.same_person`). Who only
looks alike is shown to an office that sees that person anyway.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from registry.arrays import is_among
from registry.duplicates.candidates import Reason, like_persons
from registry.imports.matching import Findings, Match, good_rows, text_of
from registry.imports.model import ImportRow, ListImport, ListKind
from registry.imports.rows import Source
from registry.people.model import Contact, KnownElsewhere, Person
from registry.people.queries import persons_in_scope
from registry.volunteers.model import Volunteer
from registry.volunteers.scope import volunteers_in_scope


async def match_persons(
    session: AsyncSession, imported: ListImport, source: Source, *, exact_only: bool = False
) -> Findings:
    """For sheets of volunteers and of contact persons; `target_id` of a row is the person."""
    findings = Findings()
    await _find_same(session, imported, source, (), findings)
    if exact_only:
        return findings
    likely = await like_persons(session, imported.access(), _staged(imported, source))
    names = await _names(session, {one.id for one in likely})
    for candidate in likely:
        found = findings.rows[candidate.row]
        if found.person_id is None and not found.exact and candidate.id in names:
            found.add(Match(candidate.id, names[candidate.id], tuple(map(str, candidate.reasons))))
    return findings


async def match_contacts_of_organisations(
    session: AsyncSession, imported: ListImport, source: Source, findings: Findings
) -> None:
    """The contact person who stands in the row of an organisation: a known one is not entered twice."""
    await _find_same(session, imported, source, ("contact",), findings)


async def _find_same(
    session: AsyncSession, imported: ListImport, source: Source, path: tuple[str, ...], findings: Findings
) -> None:
    prefix = "contact_" if path else ""
    for row in await session.execute(_same(imported, source, path)):
        found = findings.rows[row.number]
        if row.phone not in (None, row.typed) and not row.seen:
            # Name and address stand on many a letterhead: they must not give a private telephone number.
            column = f"{prefix}phone"
            found.problems.append(source.problem(row.number, column, KnownElsewhere.code, KnownElsewhere.message))
        elif row.there and not path:
            found.exact = True
            found.matches.insert(0, Match(row.id, row.name, (Reason.SAME_NAME, row.reason)))
        else:
            found.person_id = row.id


def _same(imported: ListImport, source: Source, path: tuple[str, ...]) -> sa.CompoundSelect[Any]:
    """As `people.queries.same_person`: by name and email address, or without any address by name and telephone."""
    name, email, phone = (text_of(*path, column) for column in ("name", "email", "phone"))
    same_name = sa.func.lower(Person.name) == sa.func.lower(name)
    by_email = same_name & (sa.func.lower(Person.email) == sa.func.lower(email))
    by_phone = same_name & email.is_(None) & Person.email.is_(None) & (Person.phone == phone)
    access = imported.access()
    volunteers = sa.select(Volunteer.person_id).where(volunteers_in_scope(access))
    seen = sa.or_(persons_in_scope(access), Person.id.in_(volunteers))

    def by(condition: sa.ColumnElement[bool], reason: Reason) -> sa.Select[Any]:
        return (
            sa.select(
                ImportRow.number,
                Person.id,
                Person.name,
                Person.phone,
                phone.label("typed"),
                seen.label("seen"),
                _is_there(source.kind).label("there"),
                sa.literal(reason.value).label("reason"),
            )
            .join(Person, condition)
            .where(good_rows(imported, source.part))
        )

    return sa.union_all(by(by_email, Reason.EMAIL), by(by_phone, Reason.PHONE))


def _is_there(kind: ListKind) -> sa.ColumnElement[bool]:
    """Whether the person is already what the row would make them."""
    if kind is ListKind.VOLUNTEERS:
        return sa.exists().where(Volunteer.person_id == Person.id)
    if kind is ListKind.CONTACTS:
        organisation = sa.cast(text_of("organisation", "id"), sa.Uuid)
        return sa.exists().where(
            Contact.person_id == Person.id,
            Contact.organisation_id == organisation,
            Contact.function == text_of("function"),
            Contact.until.is_(None),
        )
    return sa.false()


def _staged(imported: ListImport, source: Source) -> sa.Select[Any]:
    """The columns of `duplicates.candidates.StagedPerson`."""
    return sa.select(
        sa.cast(ImportRow.number, sa.BigInteger).label("row"),
        text_of("name").label("name"),
        text_of("email").label("email"),
        text_of("phone").label("phone"),
        _villages(source.kind).label("village_ids"),
    ).where(good_rows(imported, source.part))


def _villages(kind: ListKind) -> sa.ColumnElement[Any]:
    if kind is not ListKind.VOLUNTEERS:
        return sa.cast(sa.literal("{}"), sa.ARRAY(sa.Uuid))
    areas = sa.func.jsonb_array_elements(ImportRow.values["areas"]).table_valued("value").alias("area")
    area = sa.cast(areas.c.value, ImportRow.values.type)
    ids = sa.select(sa.func.array_agg(sa.cast(area["id"].astext, sa.Uuid))).where(area["kind"].astext == "village")
    return sa.func.coalesce(ids.scalar_subquery(), sa.cast(sa.literal("{}"), sa.ARRAY(sa.Uuid)))


async def _names(session: AsyncSession, ids: set[UUID]) -> dict[UUID, str]:
    rows = await session.execute(sa.select(Person.id, Person.name).where(is_among(Person.id, ids)))
    return {row.id: row.name for row in rows}
