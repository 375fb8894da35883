"""Finding entries: by their words, within what the caller may find, best first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Access
from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from registry.fields_of_activity.model import FieldOfActivity
from registry.fields_of_activity.queries import is_called
from registry.search.expansion import Term
from registry.search.findable import Rows
from registry.search.kinds import KINDS, Kind
from registry.search.model import WORD, search_posting
from registry.territory.model import Municipality, Network, Village
from registry.territory.queries import called

MOST = 500  # that are ranked and counted: nobody reads further, and no query costs more


@dataclass(frozen=True)
class Filter:
    """What is left of the results; all are slugs but `kind`."""

    kind: str | None = None
    field: str | None = None
    village: str | None = None
    municipality: str | None = None
    network: str | None = None

    @property
    def of_places(self) -> bool:
        return any((self.field, self.village, self.municipality, self.network))


@dataclass(frozen=True)
class Hit:
    """An entry that was found, and where it belongs: ids of places, slugs of fields."""

    kind: str
    id: UUID
    score: float
    met: int  # how many of the terms stand in it
    villages: list[UUID]
    municipalities: list[UUID]
    networks: list[UUID]
    fields: list[str]


async def find(session: AsyncSession, access: Access | None, terms: Sequence[Term], wanted: Filter) -> list[Hit]:
    """Entries in which every term stands, best first; where there is none, those with most of the terms."""
    known = [term for term in terms if term.alternatives]
    if not known:
        return []
    if not _kinds(access, wanted):
        return []
    statement = _statement(access, wanted)
    values = _values(known)
    everything = len(known) == len(terms)
    rows = (await session.execute(statement, {**values, "least": len(terms)})).all() if everything else []
    if not rows and len(terms) > 1:
        rows = (await session.execute(statement, {**values, "least": 1})).all()
    return [Hit(*row) for row in rows]


def _values(terms: Sequence[Term]) -> dict[str, list[Any]]:
    """One row for each word that meets a part of an alternative of a term."""
    rows = [
        (number, choice, len(parts), place, word, factor)
        for number, term in enumerate(terms)
        for choice, parts in enumerate(term.alternatives)
        for place, part in enumerate(parts)
        for word, factor in part.items()
    ]
    names = ("terms", "choices", "needed", "parts", "words", "factors")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


_WANTED = sa.text(
    "SELECT * FROM unnest(CAST(:terms AS integer[]), CAST(:choices AS integer[]), CAST(:needed AS integer[]), "
    "CAST(:parts AS integer[]), CAST(:words AS text[]), CAST(:factors AS float8[])) "
    "AS wanted(term, choice, needed, part, word, factor)"
).columns(term=sa.Integer, choice=sa.Integer, needed=sa.Integer, part=sa.Integer, word=WORD, factor=sa.Double)


def _statement(access: Access | None, wanted: Filter) -> Select[Any]:
    chosen = _best(access, wanted).cte("best")
    rows = union_all(*(_with_places(kind, chosen) for kind, _ in _kinds(access, wanted))).subquery()
    names = ("kind", "id", "score", "met", "villages", "municipalities", "networks", "fields")
    return select(*(rows.c[name] for name in names)).order_by(
        rows.c.met.desc(), rows.c.score.desc(), rows.c.title, rows.c.id
    )


def _kinds(access: Access | None, wanted: Filter) -> list[tuple[Kind, Rows]]:
    """The kinds that are wanted, and of each what the caller may find."""
    found = ((kind, kind.findable(access)) for kind in KINDS if wanted.kind in (None, kind.name))
    return [(kind, findable) for kind, findable in found if findable is not None]


def _with_places(kind: Kind, chosen: sa.CTE) -> Select[Any]:
    places = kind.places.subquery()
    return select(chosen, *(column for column in places.c if column.key != "id")).join(
        places, (places.c.id == chosen.c.id) & (chosen.c.kind == kind.name)
    )


def _best(access: Access | None, wanted: Filter) -> Select[Any]:
    """The best entries that the caller may find; the places of the others are not looked up."""
    scored = _scored().cte("scored")
    found = []
    for kind, findable in _kinds(access, wanted):
        rows = findable.subquery()
        one = select(literal(kind.name).label("kind"), rows.c.id, rows.c.title, scored.c.score, scored.c.met).join(
            rows, (rows.c.id == scored.c.entry_id) & (scored.c.kind == kind.name)
        )
        if wanted.of_places:
            places = kind.places.subquery()
            one = one.join(places, places.c.id == rows.c.id).where(*_in_places(places, wanted))
        found.append(one)
    rows = union_all(*found).subquery()
    return select(rows).order_by(rows.c.met.desc(), rows.c.score.desc(), rows.c.title, rows.c.id).limit(MOST)


def _in_places(places: sa.Subquery, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.field is not None:
        named = select(FieldOfActivity.slug).where(is_called(wanted.field)).scalar_subquery()
        conditions.append(named == sa.any_(places.c.fields))
    for slug, table, column in (
        (wanted.village, Village, places.c.villages),
        (wanted.municipality, Municipality, places.c.municipalities),
    ):
        if slug is not None:
            conditions.append(select(table.id).where(called(table, slug)).scalar_subquery() == sa.any_(column))
    if wanted.network is not None:
        network = select(Network.id).where(Network.slug == wanted.network).scalar_subquery()
        conditions.append(network == sa.any_(places.c.networks))
    return conditions


def _scored() -> Select[Any]:
    """Every entry in which enough terms stand: how many, and how much they say about it."""
    asked, posting, best = _WANTED.cte("asked"), search_posting.c, func.max
    choice = (asked.c.term, asked.c.choice, asked.c.needed)
    parts = (
        select(posting.kind, posting.entry_id, *choice, best(posting.weight * asked.c.factor).label("score"))
        .join(asked, asked.c.word == posting.word)
        .group_by(posting.kind, posting.entry_id, *choice, asked.c.part)
        .subquery()
    )
    choices = (
        select(parts.c.kind, parts.c.entry_id, parts.c.term, func.sum(parts.c.score).label("score"))
        .group_by(parts.c.kind, parts.c.entry_id, parts.c.term, parts.c.choice, parts.c.needed)
        .having(func.count() == parts.c.needed)
        .subquery()
    )
    terms = (
        select(choices.c.kind, choices.c.entry_id, best(choices.c.score).label("score"))
        .group_by(choices.c.kind, choices.c.entry_id, choices.c.term)
        .subquery()
    )
    return (
        select(terms.c.kind, terms.c.entry_id, func.sum(terms.c.score).label("score"), func.count().label("met"))
        .group_by(terms.c.kind, terms.c.entry_id)
        .having(func.count() >= sa.bindparam("least", type_=sa.Integer))
    )


async def labels(session: AsyncSession, hits: Sequence[Hit]) -> dict[str, dict[Any, tuple[str, str]]]:
    """Of every place and field of these hits its slug and its name."""
    asked: dict[str, tuple[Any, set[Any], Any]] = {
        "village": (Village, {one for hit in hits for one in hit.villages}, Village.id),
        "municipality": (Municipality, {one for hit in hits for one in hit.municipalities}, Municipality.id),
        "network": (Network, {one for hit in hits for one in hit.networks}, Network.id),
        "field": (FieldOfActivity, {one for hit in hits for one in hit.fields}, FieldOfActivity.slug),
    }
    rows = [
        select(literal(name).label("of"), sa.cast(key, sa.Text).label("key"), table.slug, table.name).where(
            key.in_(ids)
        )
        for name, (table, ids, key) in asked.items()
        if ids
    ]
    found: dict[str, dict[Any, tuple[str, str]]] = {name: {} for name in asked}
    if rows:
        for of, key, slug, name in await session.execute(union_all(*rows)):
            found[of][key] = (slug, name)
    return found
