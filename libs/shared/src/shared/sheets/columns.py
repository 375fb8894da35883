"""What a list shows, column by column. Columns that are read as well (the registry's) look the same from here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any, Protocol

Show = Callable[[Any], str | int | float | date]


class Style(Enum):
    """How a cell is laid out."""

    TEXT = auto()
    DAY = auto()
    NUMBER = auto()


class ShownKind(Protocol):
    """How values of a column look; `width` in characters."""

    @property
    def show(self) -> Show: ...
    @property
    def style(self) -> Style: ...
    @property
    def width(self) -> int: ...


class ShownColumn(Protocol):
    """`name` is the key of its values, `header` the German title."""

    @property
    def name(self) -> str: ...
    @property
    def header(self) -> str: ...
    @property
    def kind(self) -> ShownKind: ...


@dataclass(frozen=True, slots=True)
class KindOnly:
    """A kind that is only shown, never read."""

    show: Show = str
    style: Style = Style.TEXT
    width: int = 18


@dataclass(frozen=True, slots=True)
class ColumnOnly:
    """A column that is only shown, never read."""

    name: str
    header: str
    kind: ShownKind = KindOnly()
