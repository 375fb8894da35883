"""Which rows are probably entered already. All rows of a sheet are compared by a few statements."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports.model import Choice, ImportPart, ImportRow, ListImport
from registry.spreadsheets.problems import Problem

MOST_MATCHES = 5  # of one row: more than a person compares


@dataclass(frozen=True)
class Match:
    """An entry that a row probably repeats. `reasons` are codes, as of `registry.duplicates`."""

    id: UUID
    name: str
    reasons: tuple[str, ...]


@dataclass
class Found:
    """What is known of one row: `exact` for an entry that it cannot be beside of, and what makes the row wrong."""

    matches: list[Match] = field(default_factory=list)
    exact: bool = False
    person_id: UUID | None = None  # who it is, where only the person is known and the row enters something new
    problems: list[Problem] = field(default_factory=list)

    @property
    def blocks(self) -> bool:
        """Whether the row cannot be entered as something new."""
        return self.exact or bool(self.problems)

    def add(self, match: Match) -> None:
        if all(known.id != match.id for known in self.matches) and len(self.matches) < MOST_MATCHES:
            self.matches.append(match)


class Findings:
    """By the number of the row."""

    def __init__(self) -> None:
        self.rows: dict[int, Found] = defaultdict(Found)

    def only(self, wanted: Callable[[int, Found], bool]) -> "Findings":
        """Those of some rows."""
        chosen = Findings()
        chosen.rows.update({number: found for number, found in self.rows.items() if wanted(number, found)})
        return chosen

    async def save(self, session: AsyncSession, imported: ListImport, part: ImportPart) -> None:
        """Write them to the rows. What is probably there already is skipped unless somebody chooses otherwise."""
        changes = [self._change(number, found) for number, found in self.rows.items()]
        if changes:
            table: Any = ImportRow.__table__
            told = sa.cast(sa.literal(json.dumps(changes, default=str), sa.Text), JSON)
            columns = [sa.column(name, table.c[name].type) for name in changes[0]]
            new = sa.func.json_to_recordset(told).table_valued(*columns, name="found")
            new = new.render_derived(with_types=True)
            this = (table.c.import_id == imported.id) & (table.c.part == part.number)
            values = {name: new.c[name] for name in ("matches", "exact", "choice", "target_id", "person_id")}
            values |= {"problems": table.c.problems + new.c.problems, "good": table.c.good & new.c.good}
            await session.execute(sa.update(table).where(this, table.c.number == new.c.number).values(values))

    @staticmethod
    def _change(number: int, found: Found) -> dict[str, Any]:
        matches = found.matches
        return {
            "number": number,
            "matches": [{"id": str(one.id), "name": one.name, "reasons": list(one.reasons)} for one in matches],
            "exact": found.exact,
            "choice": Choice.SKIP if matches else None,
            "target_id": matches[0].id if matches else None,
            "person_id": found.person_id,
            "problems": [asdict(problem) for problem in found.problems],
            "good": not found.problems,
        }


def good_rows(imported: ListImport, part: ImportPart) -> sa.ColumnElement[bool]:
    """The rows of a sheet that nothing is wrong with so far."""
    return sa.and_(ImportRow.import_id == imported.id, ImportRow.part == part.number, ImportRow.good)


def text_of(*path: str) -> sa.ColumnElement[Any]:
    """A value of the rows, as text."""
    value: sa.ColumnElement[Any] = ImportRow.values[path] if len(path) > 1 else ImportRow.values[path[0]]
    return value.astext  # type: ignore[no-any-return]
