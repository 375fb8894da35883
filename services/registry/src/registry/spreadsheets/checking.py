"""Rows of a file turned into values, each wrong cell into a problem. Nothing here looks into the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.i18n import N_
from shared.sheets.cells import Cell, as_text, is_blank
from shared.sheets.inert import looks_like_formula

from registry.spreadsheets.columns import Column, Layout
from registry.spreadsheets.mapping import Header, Mapping
from registry.spreadsheets.problems import Problem, WrongCell, quoted
from registry.spreadsheets.reading import Row


class CheckedRow(NamedTuple):
    """`values` by column name: all mapped columns, None for blank and wrong cells."""

    number: int
    values: dict[str, Any]
    problems: list[Problem]

    @property
    def good(self) -> bool:
        """Nothing but hints, if anything."""
        return all(problem.hint for problem in self.problems)


@dataclass(frozen=True, slots=True)
class _Source:
    """A declared column and where in the file it is."""

    column: Column
    position: int
    title: str

    def problem(
        self, row: int, code: str, message: str, params: dict[str, Any] | None = None, hint: bool = False
    ) -> Problem:
        return Problem(row, self.position, self.title, self.column.name, code, message, params or {}, hint)


class Checker:
    """Checks the rows of one file in their order; remembers what must not occur twice."""

    def __init__(self, layout: Layout, header: Header, mapping: Mapping) -> None:
        self._header_row = header.row
        self._sources = {
            name: _Source(layout[name], match.title.column, match.title.text) for name, match in mapping.matches.items()
        }
        unique = [names for names in layout.unique if self._sources.keys() >= set(names)]
        self._seen: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {names: {} for names in unique}

    def check(self, row: Row) -> CheckedRow | None:
        """The row's values and problems; None for the header, what stands above it, and rows without any value."""
        if row.number <= self._header_row:
            return None
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        filled = False
        for name, source in self._sources.items():
            cell = row.cells[source.position] if source.position < len(row.cells) else None
            if is_blank(cell):
                values[name] = None
                if source.column.required:
                    problems.append(source.problem(row.number, "missing", N_("Please fill this in.")))
                continue
            filled = True
            try:
                values[name] = value = _value(source.column, cell)
            except WrongCell as wrong:
                values[name] = None
                params = {"value": quoted(as_text(cell))} | wrong.params
                problems.append(source.problem(row.number, wrong.code, wrong.message, params))
            else:
                if source.column.kind.formulas_matter and isinstance(value, str) and looks_like_formula(value):
                    message, params = (
                        N_("“{value}” looks like a formula. It is kept as text."),
                        {"value": quoted(value)},
                    )
                    problems.append(source.problem(row.number, "formula", message, params, hint=True))
        if not filled:
            return None
        problems += self._doubles(row.number, values)
        return CheckedRow(row.number, values, problems)

    def _doubles(self, row: int, values: dict[str, Any]) -> Iterator[Problem]:
        for names, seen in self._seen.items():
            found = [values[name] for name in names]
            if None in found:
                continue
            first = seen.setdefault(tuple(str(value).casefold() for value in found), row)
            if first != row:
                params = {"value": quoted(", ".join(map(str, found))), "first": first}
                message = N_("“{value}” stands in row {first} already.")
                yield self._sources[names[-1]].problem(row, "double", message, params)


def _value(column: Column, cell: Cell) -> Any:
    value = column.kind.read(cell)
    if column.check is not None:
        column.check(value)
    return value
