"""Reading pairs of entries that are likely the same, in the caller's scope."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.access.grants import Access
from shared.errors import NotFound
from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from registry.duplicates.comparing import Reason
from registry.duplicates.model import TABLES, OrganisationPair, PairKind, PersonPair
from registry.duplicates.schemas import EntryAnswer
from registry.organisations.model import Organisation
from registry.people.model import Contact, Person
from registry.people.queries import seen_by
from registry.scope import organisations_in_scope
from registry.territory.model import Municipality, Village
from registry.volunteers.model import Volunteer, VolunteerArea
from registry.volunteers.queries import touches

AnyPair = OrganisationPair | PersonPair


@dataclass(frozen=True)
class Filter:
    """Which pairs a list shows; None leaves a property open.

    `different` are those of which somebody has said that they are two. `place_id` is a village, municipality or network
    that one of both entries belongs to, `least` and `below` bound the score.
    """

    different: bool = False
    place_id: UUID | None = None
    reason: Reason | None = None
    least: int | None = None
    below: int | None = None

    def conditions(self, kind: PairKind) -> Iterator[ColumnElement[bool]]:
        table = TABLES[kind]
        yield table.different_at.is_not(None) if self.different else _open(table)
        if self.place_id is not None:
            there = _entries_in(kind, self.place_id)
            yield or_(table.left_id.in_(there), table.right_id.in_(there))
        if self.reason is not None:
            yield table.reasons.contains([self.reason.value])
        if self.least is not None:
            yield table.score >= self.least
        if self.below is not None:
            yield table.score < self.below


async def list_pairs(
    session: AsyncSession, access: Access, kind: PairKind, filtered: Filter, *, after: str | None, limit: int
) -> tuple[Sequence[AnyPair], str | None]:
    """The likeliest first."""
    table = TABLES[kind]
    wanted = select(table).where(*_seen(access, kind), *filtered.conditions(kind))
    if after is not None and (position := _position(after)) is not None:
        wanted = wanted.where(tuple_(-table.score, table.left_id, table.right_id) > tuple_(*position))
    rows = wanted.order_by(-table.score, table.left_id, table.right_id).limit(limit + 1)
    found: list[AnyPair] = [*await session.scalars(rows)]
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], f"{last.score}.{last.left_id}.{last.right_id}"


async def count_pairs(session: AsyncSession, access: Access, kind: PairKind) -> int:
    """How many wait for somebody to look at them."""
    table = TABLES[kind]
    return await session.scalar(select(func.count()).where(*_seen(access, kind), _open(table))) or 0


async def pair_for_update(
    session: AsyncSession, access: Access, kind: PairKind, left_id: UUID, right_id: UUID
) -> AnyPair:
    """One whose entries are both in the caller's scope, locked. Raises `NotFound`."""
    table = TABLES[kind]
    named = select(table).where(table.left_id == left_id, table.right_id == right_id, *_seen(access, kind))
    found: AnyPair | None = await session.scalar(named.with_for_update(of=table))
    if found is None:
        raise NotFound
    return found


async def entries(session: AsyncSession, kind: PairKind, ids: Iterable[UUID]) -> dict[UUID, EntryAnswer]:
    """What is told of these entries, by id."""
    if kind is PairKind.PERSONS:
        people = await session.scalars(select(Person).where(Person.id.in_(list(ids))))
        return {
            one.id: EntryAnswer(id=one.id, name=one.name, email=one.email, phone=one.phone, created_at=one.created_at)
            for one in people
        }
    wanted = (
        select(Organisation, Municipality.name)
        .join(Village, Village.id == Organisation.village_id)
        .join(Municipality, Municipality.id == Village.municipality_id)
        .where(Organisation.id.in_(list(ids)))
    )
    return {
        one.id: EntryAnswer(
            id=one.id,
            name=one.name,
            kind=one.kind,
            publication=one.publication,
            village=one.village.name,
            municipality=municipality,
            register_number=one.register_number or None,
            website=one.website,
            created_at=one.created_at,
        )
        for one, municipality in (await session.execute(wanted)).unique()
    }


def _seen(access: Access, kind: PairKind) -> list[ColumnElement[bool]]:
    entry: InstrumentedAttribute[UUID]
    if kind is PairKind.PERSONS:
        entry, seen = Person.id, seen_by(access)
    else:
        entry, seen = Organisation.id, organisations_in_scope(access)
    table, ids = TABLES[kind], select(entry).where(seen)
    return [table.left_id.in_(ids), table.right_id.in_(ids)]


def _entries_in(kind: PairKind, place_id: UUID) -> Select[UUID]:
    """The ids of organisations there, or of people who speak for one or help there."""
    inside = or_(Village.id == place_id, Village.municipality_id == place_id, Village.network_id == place_id)
    there = Organisation.village_id.in_(select(Village.id).where(inside))
    if kind is PairKind.ORGANISATIONS:
        return select(Organisation.id).where(there)
    present = select(Contact.person_id).join(Organisation, Organisation.id == Contact.organisation_id)
    helping = select(Volunteer.person_id).join(VolunteerArea, VolunteerArea.volunteer_id == Volunteer.id)
    people = present.where(there, Contact.until.is_(None)).union(helping.where(touches(place_id)))
    return select(Person.id).where(Person.id.in_(people))


def _open(table: type[AnyPair]) -> ColumnElement[bool]:
    return table.different_at.is_(None)


def _position(after: str) -> tuple[int, UUID, UUID] | None:
    """What `list_pairs` gave; anything else begins at the start."""
    score, _, ids = after.partition(".")
    left, _, right = ids.partition(".")
    try:
        return -int(score), UUID(left), UUID(right)
    except ValueError:
        return None
