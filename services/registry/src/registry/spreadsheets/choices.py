"""Cells that hold one or several of a list's entries, with suggestions for what is almost one."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from shared.i18n import N_
from shared.sheets.cells import Cell, as_text

from registry.spreadsheets.folding import fold, likeness
from registry.spreadsheets.kinds import Kind
from registry.spreadsheets.problems import WrongCell

ALIKE = 0.75  # „Feurwehr“ is 0.94 like „Feuerwehr“, „Musik“ 0.4 like „Umwelt“
MOST_PARTS = 50
REMEMBERED = 1_000  # entries: a list repeats its words and its errors


class _Options:
    def __init__(self, labels: Mapping[Any, str], also: Mapping[str, Any]) -> None:
        self.labels = dict(labels)
        self._known = {fold(label): value for value, label in labels.items()}
        self._known |= {fold(label): value for label, value in also.items()}
        self._fold = lru_cache(REMEMBERED)(fold)
        self._suggestion = lru_cache(REMEMBERED)(self._most_alike)

    def has(self, text: str) -> bool:
        return self._fold(text) in self._known

    def value_of(self, text: str, whole: str | None = None) -> Any:
        """Raises `WrongCell`; `whole` is the cell where `text` is a part of it."""
        folded = self._fold(text)
        if folded in self._known:
            return self._known[folded]
        part = {} if whole is None else {"value": text}
        suggestion = self._suggestion(folded)
        if suggestion is None:
            raise WrongCell("unknown_option", N_("“{value}” is not in the list."), **part)
        message = N_("“{value}” is not in the list. Did you mean “{suggestion}”?")
        raise WrongCell("unknown_option", message, suggestion=suggestion, **part)

    def _most_alike(self, folded: str) -> str | None:
        if not folded:
            return None
        best = max(self._known, key=lambda known: likeness(folded, known), default="")
        return self.labels.get(self._known[best]) if best and likeness(folded, best) >= ALIKE else None


def choice(labels: Mapping[Any, str], also: Mapping[str, Any] | None = None) -> Kind:
    """One of `labels` (value to German label); `also` are other spellings (label to value)."""
    options = _Options(labels, also or {})

    def read(cell: Cell) -> Any:
        return options.value_of(as_text(cell))

    return Kind(read, show=lambda value: options.labels[value], width=24)


def choices(labels: Mapping[Any, str], also: Mapping[str, Any] | None = None) -> Kind:
    """Several of `labels`, separated by semicolons, line breaks or commas; a list without doubles.

    An entry may hold a comma itself.
    """
    options = _Options(labels, also or {})

    def read(cell: Cell) -> list[Any]:
        whole = as_text(cell)
        parts = _merged(parts_of(whole), options.has)
        return list(dict.fromkeys(options.value_of(part, whole) for part in parts))

    return Kind(read, show=lambda values: _joined(options.labels[value] for value in values), width=40)


def several(kind: Kind) -> Kind:
    """A list of what `kind` reads, separated by semicolons, line breaks or commas, without doubles."""

    def read(cell: Cell) -> list[Any]:
        if not isinstance(cell, str):
            return [kind.read(cell)]
        values = []
        for part in parts_of(as_text(cell)):
            try:
                values.append(kind.read(part))
            except WrongCell as wrong:
                raise WrongCell(wrong.code, wrong.message, **({"value": part} | wrong.params)) from None
        return list(dict.fromkeys(values))

    return Kind(read, show=lambda values: _joined(str(kind.show(value)) for value in values), width=40)


def parts_of(text: str) -> list[str]:
    """The parts of a list in one cell. Where there is a semicolon or a line break, commas belong to the parts."""
    separator = r"[;\n]" if re.search(r"[;\n]", text) else r","
    parts = [part.strip(" •·*\t") for part in re.split(separator, text)]
    parts = [part for part in parts if part]
    if len(parts) > MOST_PARTS:
        raise WrongCell("too_many_parts", N_("“{value}” holds more than {most} entries."), most=MOST_PARTS)
    return parts


def _merged(parts: list[str], known: Callable[[str], bool]) -> list[str]:
    """Neighbours put together again where the comma between them belongs to a known entry."""
    merged, start = [], 0
    while start < len(parts):
        ends = range(min(len(parts), start + 5), start, -1)
        end = next((end for end in ends if known(", ".join(parts[start:end]))), start + 1)
        merged.append(", ".join(parts[start:end]))
        start = end
    return merged


def _joined(labels: Iterable[str]) -> str:
    return "; ".join(labels)
