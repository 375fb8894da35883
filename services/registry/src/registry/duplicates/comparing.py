"""What makes two entries likely the same, as SQL: which pairs are looked at, their reasons, and their score.

It looks at all entries: row-level security would be planned and asked again at each of the many comparisons (seconds
for a single one). So the callers run it beyond scopes and tell nobody of an entry that the reader does not see.

Both sides are rows with the same columns: of entries of the directory (`organisations`, `persons`), or of what is not
entered yet (`staged_organisations`, `staged_persons`). `ref` is the id of an entry or the number of a row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import AreaKind
from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import aliased
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from registry.duplicates import keys
from registry.organisations.model import Organisation
from registry.people.model import Contact, Person
from registry.territory.model import Village
from registry.volunteers.model import Volunteer, VolunteerArea


class Reason(StrEnum):
    """Why two entries are likely the same."""

    REGISTER = "register"  # court and number
    REGISTER_NUMBER = "register_number"  # and one of them does not name the court
    EMAIL = "email"  # of organisations: of one of the contacts
    PHONE = "phone"
    WEBSITE = "website"
    SAME_NAME = "same_name"  # but for legal forms, titles, the order of words and the place
    SIMILAR_NAME = "similar_name"
    VILLAGE = "village"
    MUNICIPALITY = "municipality"


LIKE = 0.5
"""How alike similar names are, from 0 to 1 (`similarity` of pg_trgm: the share of common groups of three letters)."""
A_LITTLE_LIKE = 0.3  # says something together with a shared address
RARE = 2  # entries of the same name: „Freiwillige Feuerwehr“ in every village is no duplicate
SAME = 0.999


Rows = Select[*tuple[Any, ...]]
Columns = ReadOnlyColumnCollection[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Two sides, which pairs of them are looked at, and what to say of a pair."""

    left: FromClause
    right: FromClause
    pairs: list[Rows]  # refs of both sides; each found by an index, or by a hash of both
    signals: dict[str, ColumnElement[Any]]  # what is asked about a pair, once each
    score: Callable[[Columns], ColumnElement[int]]  # of the signals
    reasons: Callable[[Columns], dict[Reason, ColumnElement[bool]]]

    def found(self, least: int) -> Rows:
        """The `left` and `right` refs, `score` (at most 100) and `reasons` of the pairs with at least this score."""
        one, other = self.left.c.ref, self.right.c.ref
        pairs = sa.union(*self.pairs).subquery()
        asked = (
            select(pairs.c.left, pairs.c.right, *(signal.label(name) for name, signal in self.signals.items()))
            .join(self.left, one == pairs.c.left)
            .join(self.right, other == pairs.c.right)
        )
        pair = _once(asked, "pair")
        reasons = array([case((holds, literal(reason.value))) for reason, holds in self.reasons(pair.c).items()])
        score = func.least(100, sa.cast(self.score(pair.c), sa.Integer))
        told = func.array_remove(reasons, None, type_=ARRAY(sa.Text))
        return select(pair.c.left, pair.c.right, score.label("score"), told.label("reasons")).where(score >= least)


def organisations() -> Rows:
    """All organisations."""
    return select(
        Organisation.id.label("ref"),
        Organisation.village_id,
        Village.municipality_id,
        Organisation.name_key,
        func.dorfnetz_match_elsewhere(Organisation.name_key, Village.name, type_=sa.Text).label("core_key"),
        Organisation.court_key,
        Organisation.register_key,
        Organisation.website_key,
    ).join(Village, Village.id == Organisation.village_id)


def emails_of_organisations() -> Rows:
    """The addresses of their present contacts: `ref` and `email_key`."""
    return (
        select(Contact.organisation_id.label("ref"), Person.email_key)
        .join(Person, Person.id == Contact.person_id)
        .where(Contact.until.is_(None), Person.email_key.is_not(None))
    )


def staged_organisations(staged: Rows) -> CTE:
    """Rows with the columns of `StagedOrganisation`."""
    rows: Rows = select(
        literal_column("row").label("ref"),
        literal_column("village_id").label("village_id"),
        *_keys("name_key", "court_key", "register_key", "website_key", "email_key", of=keys.OF_ORGANISATIONS),
    )
    row = _once(rows.select_from(staged.subquery()), "keyed")
    core = func.dorfnetz_match_elsewhere(row.c.name_key, func.coalesce(Village.name, ""), type_=sa.Text)
    rows = select(row, Village.municipality_id, core.label("core_key"))
    return _once(rows.outerjoin(Village, Village.id == row.c.village_id), "staged")


def persons() -> Rows:
    """All persons."""
    return select(
        Person.id.label("ref"),
        Person.name_key,
        Person.sound_key,
        Person.email_key,
        Person.phone,
        _villages_of_person().label("village_ids"),
    )


def staged_persons(staged: Rows) -> CTE:
    """Rows with the columns of `StagedPerson`."""
    rows: Rows = select(
        literal_column("row").label("ref"),
        *_keys("name_key", "sound_key", "email_key", of=keys.OF_PERSONS),
        literal_column("phone", sa.Text).label("phone"),
        literal_column("village_ids", ARRAY(sa.Uuid)).label("village_ids"),
    )
    return _once(rows.select_from(staged.subquery()), "staged")


def compare_organisations(
    left: FromClause, right: FromClause, left_emails: FromClause, right_emails: FromClause
) -> Comparison:
    """Names count together with the place, addresses with names a little alike, a register number for itself."""
    shared = _refs(left_emails, right_emails).where(left_emails.c.email_key == right_emails.c.email_key)
    sharing = _once(shared, "sharing")
    email = sa.tuple_(left.c.ref, right.c.ref).in_(select(sharing))
    village, website = left.c.village_id == right.c.village_id, left.c.website_key == right.c.website_key
    name = (left.c.name_key == right.c.name_key) & (left.c.name_key != "")
    number = left.c.register_key == right.c.register_key
    court = left.c.court_key == right.c.court_key
    likeness = case(
        (name, 1.0),
        (village, _likeness(left.c.core_key, right.c.core_key)),
        else_=_likeness(left.c.name_key, right.c.name_key),
    )
    namesake = aliased(Organisation)
    namesakes = select(func.count()).where(namesake.name_key == right.c.name_key).correlate(right).scalar_subquery()
    return Comparison(
        left,
        right,
        [*(_refs(left, right).where(each) for each in (village, name, number, website)), select(sharing)],
        {
            "likeness": likeness,
            "village": _holds(village),
            "municipality": _holds(left.c.municipality_id == right.c.municipality_id),
            "register": _holds(number & court),
            "number": _holds(number & ~court & or_(left.c.court_key == "", right.c.court_key == "")),
            "website": _holds(website),
            "email": email,
            "common": case((name & ~_holds(village), namesakes > RARE), else_=sa.false()),
        },
        _score_of_organisations,
        _reasons_of_organisations,
    )


def _score_of_organisations(pair: Columns) -> ColumnElement[int]:
    likeness, alone = pair.likeness, pair.common & ~pair.email & ~pair.website
    return (
        _points((pair.register, 90), (pair.number, 50))
        + _points((alone | (likeness < A_LITTLE_LIKE), 0), (sa.true(), func.round(sa.cast(50 * likeness, sa.Numeric))))
        + _points((alone | (likeness < LIKE), 0), (pair.village, 35), (pair.municipality, 15))
        + _points((pair.email, 30))
        + _points((pair.website, 25))
    )


def _reasons_of_organisations(pair: Columns) -> dict[Reason, ColumnElement[bool]]:
    return {
        Reason.REGISTER: pair.register,
        Reason.REGISTER_NUMBER: pair.number,
        Reason.EMAIL: pair.email,
        Reason.WEBSITE: pair.website,
        Reason.SAME_NAME: pair.likeness >= SAME,
        Reason.SIMILAR_NAME: and_(pair.likeness >= LIKE, pair.likeness < SAME),
        Reason.VILLAGE: pair.village,
        Reason.MUNICIPALITY: pair.municipality & ~pair.village,
    }


def compare_persons(left: FromClause, right: FromClause) -> Comparison:
    """A name counts together with an address or the place: couples share a mailbox, and many are called Anna Weber."""
    sound = (left.c.sound_key == right.c.sound_key) & (left.c.sound_key != "")
    email, phone = left.c.email_key == right.c.email_key, left.c.phone == right.c.phone
    return Comparison(
        left,
        right,
        [_refs(left, right).where(each) for each in (sound, email, phone)],
        {
            "name": _holds(left.c.name_key == right.c.name_key),
            "similar": sound | (_likeness(left.c.name_key, right.c.name_key) >= LIKE),
            "email": _holds(email),
            "phone": _holds(phone),
            "village": _holds(left.c.village_ids.op("&&", is_comparison=True)(right.c.village_ids)),
        },
        _score_of_persons,
        _reasons_of_persons,
    )


def _score_of_persons(pair: Columns) -> ColumnElement[int]:
    points = _points((pair.email, 40)) + _points((pair.phone, 35)) + _points((pair.village, 15))
    return case((pair.name, 50 + points), (pair.similar, 35 + points), else_=0)


def _reasons_of_persons(pair: Columns) -> dict[Reason, ColumnElement[bool]]:
    return {
        Reason.EMAIL: pair.email,
        Reason.PHONE: pair.phone,
        Reason.SAME_NAME: pair.name,
        Reason.SIMILAR_NAME: pair.similar & ~pair.name,
        Reason.VILLAGE: pair.village,
    }


def _once(rows: Rows, name: str) -> CTE:
    """Rows whose columns are derived once: compared as plain texts they may use the indexes of the other side."""
    return rows.cte(name).prefix_with("MATERIALIZED")


def _keys(*names: str, of: dict[str, str]) -> list[ColumnElement[str]]:
    """The keys of staged rows, derived as those of entries are."""
    return [literal_column(of[name], sa.Text).label(name) for name in names]


def _villages_of_person() -> ColumnElement[Any]:
    """Where a person volunteers, and where the organisations are that they speak for."""
    volunteering = (
        select(VolunteerArea.area_id)
        .join(Volunteer, Volunteer.id == VolunteerArea.volunteer_id)
        .where(Volunteer.person_id == Person.id, VolunteerArea.kind == AreaKind.VILLAGE)
        .correlate(Person)
    )
    speaking = (
        select(Organisation.village_id)
        .join(Contact, Contact.organisation_id == Organisation.id)
        .where(Contact.person_id == Person.id, Contact.until.is_(None))
        .correlate(Person)
    )
    return _array(volunteering.union_all(speaking))


def _likeness(one: ColumnElement[str], other: ColumnElement[str]) -> ColumnElement[float]:
    return func.similarity(one, other, type_=sa.Float)


def _holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """What is not known of one side does not hold."""
    return func.coalesce(condition, sa.false())


def _points(*cases: tuple[ColumnElement[bool], Any]) -> ColumnElement[Any]:
    """The points of the first case that holds, else none."""
    return case(*cases, else_=0)


def _refs(left: FromClause, right: FromClause) -> Rows:
    return select(left.c.ref.label("left"), right.c.ref.label("right"))


def _array(rows: Select[UUID] | CompoundSelect[UUID]) -> ColumnElement[Any]:
    return func.array(rows.scalar_subquery(), type_=ARRAY(sa.Uuid))
