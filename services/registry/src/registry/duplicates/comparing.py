"""What makes two entries likely the same, as SQL: which pairs are looked at, their reasons, and their score.

Both sides are rows with the same columns: of entries of the directory (`organisations`, `persons`), or of what is not
entered yet (`staged_organisations`, `staged_persons`). `ref` is the id of an entry or the number of a row.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from shared.access.grants import Access
from shared.contracts.registry import AreaKind
from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import aliased

from registry.duplicates import keys
from registry.organisations.model import Organisation
from registry.organisations.queries import visible_to
from registry.people.model import Contact, Person
from registry.people.queries import seen_by
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


@dataclass(frozen=True)
class Comparison:
    """Two sides, the pairs of them that may be the same, and what to say of a pair."""

    left: FromClause
    right: FromClause
    pairs: list[Select[Any, Any]]  # refs of the left and of the right side
    score: ColumnElement[int]
    reasons: dict[Reason, ColumnElement[bool]]

    def scored(self, *, once: bool = False) -> Select[Any, Any, int, list[str]]:
        """`left`, `right`, `score` and `reasons` of each pair. With `once` a pair within one list is named once."""
        pairs = sa.union(*self.pairs).cte("pairs")
        reasons = array([case((holds, literal(reason.value))) for reason, holds in self.reasons.items()])
        found = (
            select(
                pairs.c.left,
                pairs.c.right,
                func.least(100, self.score).label("score"),
                func.array_remove(reasons, None, type_=ARRAY(sa.Text)).label("reasons"),
            )
            .join(self.left, self.left.c.ref == pairs.c.left)
            .join(self.right, self.right.c.ref == pairs.c.right)
        )
        return found.where(pairs.c.left < pairs.c.right) if once else found


def organisations(access: Access) -> Select[Any]:
    """Organisations that the caller may see."""
    return (
        select(
            Organisation.id.label("ref"),
            Organisation.village_id,
            Village.municipality_id,
            Organisation.name_key,
            func.dorfnetz_match_elsewhere(Organisation.name_key, Village.name, type_=sa.Text).label("core_key"),
            Organisation.court_key,
            Organisation.register_key,
            Organisation.website_key,
        )
        .join(Village, Village.id == Organisation.village_id)
        .where(visible_to(access))
    )


def staged_organisations(staged: Select[Any]) -> Select[Any]:
    """Rows with the columns of `StagedOrganisation`."""
    rows = select(
        literal_column("row").label("ref"),
        literal_column("village_id").label("village_id"),
        *_keys("name_key", "court_key", "register_key", "website_key", "email_key", of=keys.OF_ORGANISATIONS),
    )
    row = rows.select_from(staged.subquery()).subquery()
    core = func.dorfnetz_match_elsewhere(row.c.name_key, func.coalesce(Village.name, ""), type_=sa.Text)
    village = Village.id == row.c.village_id
    return select(row, Village.municipality_id, core.label("core_key")).outerjoin(Village, village)


def persons(access: Access) -> Select[Any]:
    """Persons whom the caller may see in a list."""
    return select(
        Person.id.label("ref"),
        Person.name_key,
        Person.sound_key,
        Person.email_key,
        Person.phone,
        _villages_of_person().label("village_ids"),
    ).where(seen_by(access))


def staged_persons(staged: Select[Any]) -> Select[Any]:
    """Rows with the columns of `StagedPerson`."""
    rows = select(
        literal_column("row").label("ref"),
        *_keys("name_key", "sound_key", "email_key", of=keys.OF_PERSONS),
        literal_column("phone", sa.Text).label("phone"),
        literal_column("village_ids", ARRAY(sa.Uuid)).label("village_ids"),
    )
    return rows.select_from(staged.subquery())


def emails_of_organisations() -> Select[Any, Any]:
    """The addresses of present contacts: `ref` of the organisation and `email_key`."""
    return (
        select(Contact.organisation_id.label("ref"), Person.email_key)
        .join(Person, Person.id == Contact.person_id)
        .where(Contact.until.is_(None), Person.email_key.is_not(None))
    )


def compare_organisations(
    left: FromClause, right: FromClause, left_emails: FromClause, right_emails: FromClause
) -> Comparison:
    """Names count together with the place, addresses with names a little alike, a register number for itself."""
    name = left.c.name_key == right.c.name_key
    village, municipality = left.c.village_id == right.c.village_id, left.c.municipality_id == right.c.municipality_id
    number, website = left.c.register_key == right.c.register_key, left.c.website_key == right.c.website_key
    court = left.c.court_key == right.c.court_key
    one_court = or_(left.c.court_key == "", right.c.court_key == "")
    core = and_(village, left.c.core_key != "", right.c.core_key != "")
    likeness = case(
        (core, _likeness(left.c.core_key, right.c.core_key)), else_=_likeness(left.c.name_key, right.c.name_key)
    )
    of_contact = left_emails.join(right_emails, left_emails.c.email_key == right_emails.c.email_key)
    shared = (left_emails.c.ref == left.c.ref) & (right_emails.c.ref == right.c.ref)
    email = select(literal(1)).select_from(of_contact).where(shared).correlate(left, right).exists()
    similar = likeness >= LIKE
    score = (
        _points((number & court, 90), (number & one_court, 50))
        + _points((likeness >= A_LITTLE_LIKE, func.round(sa.cast(50 * likeness, sa.Numeric))))
        + _points((similar & village, 35), (similar & municipality, 15))
        + _points((email, 30))
        + _points((website, 25))
    )
    other = aliased(Organisation)
    namesakes = select(func.count()).where(other.name_key == right.c.name_key).scalar_subquery()
    return Comparison(
        left,
        right,
        [
            _refs(left, right).where(village, similar),
            _refs(left, right).where(name, left.c.name_key != "", namesakes <= RARE),
            _refs(left, right).where(number, court | one_court),
            _refs(left, right).where(website),
            _refs(left_emails, right_emails).where(left_emails.c.email_key == right_emails.c.email_key),
        ],
        sa.cast(score, sa.Integer),
        {
            Reason.REGISTER: number & court,
            Reason.REGISTER_NUMBER: number & one_court & ~court,
            Reason.EMAIL: email,
            Reason.WEBSITE: website,
            Reason.SAME_NAME: likeness >= SAME,
            Reason.SIMILAR_NAME: and_(similar, likeness < SAME),
            Reason.VILLAGE: village,
            Reason.MUNICIPALITY: and_(municipality, ~village),
        },
    )


def compare_persons(left: FromClause, right: FromClause) -> Comparison:
    """A name counts together with an address or the place: couples share a mailbox, and many are called Anna Weber."""
    name, sound = left.c.name_key == right.c.name_key, left.c.sound_key == right.c.sound_key
    email, phone = left.c.email_key == right.c.email_key, left.c.phone == right.c.phone
    village = left.c.village_ids.op("&&", is_comparison=True)(right.c.village_ids)
    similar = sound | (_likeness(left.c.name_key, right.c.name_key) >= LIKE)
    score = _points((name, 50), (similar, 35)) + _points((email, 40)) + _points((phone, 35)) + _points((village, 15))
    return Comparison(
        left,
        right,
        [
            _refs(left, right).where(sound, left.c.sound_key != ""),
            _refs(left, right).where(email, similar),
            _refs(left, right).where(phone, similar),
        ],
        score,
        {
            Reason.EMAIL: email,
            Reason.PHONE: phone,
            Reason.SAME_NAME: name,
            Reason.SIMILAR_NAME: and_(similar, ~name),
            Reason.VILLAGE: village,
        },
    )


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
    return func.array(volunteering.union(speaking).scalar_subquery(), type_=ARRAY(sa.Uuid))


def _likeness(one: ColumnElement[str], other: ColumnElement[str]) -> ColumnElement[float]:
    return func.similarity(one, other, type_=sa.Float)


def _points(*cases: tuple[ColumnElement[bool], Any]) -> ColumnElement[Any]:
    """The points of the first case that holds, else none."""
    return case(*cases, else_=0)


def _refs(left: FromClause, right: FromClause) -> Select[Any, Any]:
    return select(left.c.ref.label("left"), right.c.ref.label("right"))
