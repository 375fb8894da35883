"""A row on its way from the file into the table of checked rows."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

from registry.imports.model import ImportPart, ListKind
from registry.imports.preparing import header_of
from registry.spreadsheets.checking import CheckedRow
from registry.spreadsheets.columns import Layout
from registry.spreadsheets.mapping import Mapping as ColumnMapping
from registry.spreadsheets.mapping import Match, Title
from registry.spreadsheets.problems import Problem, WrongCell, quoted
from registry.spreadsheets.reading import Row


@dataclass
class Draft:
    """What a row says, as it will be stored. `email` lets an erasure find it."""

    number: int
    label: str
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    email: str | None = None

    @property
    def good(self) -> bool:
        return all(problem.hint for problem in self.problems)

    def stored(self, import_id: UUID, part: int) -> dict[str, Any]:
        """The row of the table."""
        return {
            "import_id": import_id,
            "part": part,
            "number": self.number,
            "label": self.label,
            "values": self.values,
            "problems": [asdict(problem) for problem in self.problems],
            "good": self.good,
            "matches": [],
            "exact": False,
            "email": self.email and self.email.lower(),
        }


class Source:
    """Where the columns of one part are, for problems that concern several cells or the directory."""

    def __init__(self, part: ImportPart, kind: ListKind, layout: Layout) -> None:
        self.part, self.kind, self.layout = part, kind, layout
        self.header = header_of(part)
        self._constants = [name for name in part.constants if name not in part.mapping]
        self._width = max((title.column for title in self.header.titles), default=-1) + 1

    @property
    def mapping(self) -> ColumnMapping:
        """With the values for all rows as further columns on the right."""
        by_position = {title.column: title for title in self.header.titles}
        matches = {name: Match(by_position[position], 1) for name, position in self.part.mapping.items()}
        for offset, name in enumerate(self._constants):
            matches[name] = Match(Title(self._width + offset, self.layout[name].header), 1)
        return ColumnMapping(matches, (), ())

    def complete(self, row: Row) -> Row:
        """The row with the values that stand for all rows."""
        if not self._constants:
            return row
        cells = [*row.cells[: self._width], *[None] * (self._width - len(row.cells))]
        return Row(row.number, [*cells, *(self.part.constants[name] for name in self._constants)])

    def problem(self, row: int, name: str, code: str, message: str, /, *, hint: bool = False, **params: Any) -> Problem:
        """Something is wrong with the cell of a declared column, or with the whole row where the file has none."""
        position = self.part.mapping.get(name)
        titles = {title.column: title.text for title in self.header.titles}
        header = titles.get(position, "") if position is not None else ""
        shown = {key: quoted(value) if isinstance(value, str) else value for key, value in params.items()}
        return Problem(row, position, header, name, code, message, shown, hint)

    def wrong(self, row: int, name: str, value: Any, wrong: WrongCell) -> Problem:
        return self.problem(row, name, wrong.code, wrong.message, **({"value": str(value)} | wrong.params))


def given(row: CheckedRow, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The values that the row has, in the form that JSON takes."""
    wanted = row.values if names is None else {name: row.values.get(name) for name in names}
    return {name: plain(value) for name, value in wanted.items() if value not in (None, [])}


def ordered(name: str, value: Any) -> Any:
    """Lists whose order says nothing, in one order: to tell whether two of them are the same."""
    if name not in ("fields", "areas", "federations"):
        return value
    return sorted(value, key=lambda one: json.dumps(one, sort_keys=True))  # PostgreSQL has an order of keys of its own


def plain(value: Any) -> Any:
    """Days as text, enumerations as their values."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
