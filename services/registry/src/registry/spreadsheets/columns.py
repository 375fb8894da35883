"""What a slice wants from a file: its columns, and which of them together must not occur twice."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from registry.spreadsheets.kinds import Kind


@dataclass(frozen=True, slots=True)
class Column:
    """One column of imports and exports.

    `header` is the German title, `also_called` what other lists call it. `check` is the slice's own rule about a value
    that the kind has accepted; it raises `WrongCell`.
    """

    name: str
    header: str
    kind: Kind
    required: bool = False
    also_called: tuple[str, ...] = ()
    check: Callable[[Any], None] | None = None


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of list. `unique` names columns whose values together occur once in a file.

    A combination with a blank in it may occur again: not every association is in the register.
    """

    columns: tuple[Column, ...]
    unique: tuple[tuple[str, ...], ...] = ()

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}
