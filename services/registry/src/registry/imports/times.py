"""Free time in a week as people write it into one cell: `Mo vormittags, Mi vormittags und abends, Sa ganztags`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from shared.contracts.registry import DAYTIME_NAMES, Daytime
from shared.i18n import N_
from shared.sheets.cells import Cell, as_text

from registry.imports.options import OTHER_DAYTIMES, OTHER_WEEKDAYS, WEEKDAYS
from registry.spreadsheets.folding import fold
from registry.spreadsheets.kinds import Kind
from registry.spreadsheets.problems import WrongCell
from registry.volunteers.availability import slots_within, times_of

UNCLEAR = N_("“{value}” is not a time of the week. Please write it like “Mo vormittags, Sa ganztags”.")
ALL_DAY = "ganztags"
_SHORT = {1: "Mo", 2: "Di", 3: "Mi", 4: "Do", 5: "Fr", 6: "Sa", 7: "So"}
_DAYS: dict[str, Sequence[int]] = {
    **{fold(name): (day,) for day, name in WEEKDAYS.items()},
    **{fold(name): (day,) for name, day in OTHER_WEEKDAYS.items()},
    **dict.fromkeys(("taeglich", "jeden tag", "immer"), range(1, 8)),
    **dict.fromkeys(("werktags", "wochentags"), range(1, 6)),
    **dict.fromkeys(("wochenende", "wochenends", "am wochenende"), (6, 7)),
}
_PARTS: dict[str, Sequence[Daytime]] = {
    **{fold(name): (part,) for part, name in DAYTIME_NAMES.items()},
    **{fold(name): (part,) for name, part in OTHER_DAYTIMES.items()},
    **dict.fromkeys((ALL_DAY, "ganzer tag", "ganztaegig"), tuple(Daytime)),
}
_SEPARATED = re.compile(r"[,;\n]")
_AND = re.compile(r"\s*(?:\bund\b|[+&/])\s*")
_FROM_TO = re.compile(r"(\w+)\.?\s*(?:-|–|\bbis\b)\s*(\w+)\.?")


def _read(cell: Cell) -> list[int]:
    """The slots. `Mo, Mi abends` means both evenings; a day alone means all day, parts alone every day."""
    text = as_text(cell)
    slots: set[int] = set()
    days: list[int] = []
    for piece in filter(None, map(str.strip, _SEPARATED.split(text))):
        named, parts = _piece(piece)
        days += named
        if parts and not days and slots:  # “Mo vormittags, abends”: of which day?
            raise WrongCell("free_time", UNCLEAR, value=piece)
        if parts:
            slots |= set(slots_within(days, parts))
            days = []
    if days:
        slots |= set(slots_within(days, Daytime))
    return sorted(slots)


def _piece(piece: str) -> tuple[list[int], list[Daytime]]:
    """The days and the parts of the day between two commas. Raises `WrongCell`."""
    days: list[int] = []
    parts: list[Daytime] = []
    for word in _words(piece):
        if word in _PARTS:
            parts += _PARTS[word]
        elif word in _DAYS:
            days += _DAYS[word]
        else:
            first, _, last = word.partition(" bis ")
            if not (first in _DAYS and last in _DAYS and _DAYS[first][0] < _DAYS[last][0]):
                raise WrongCell("free_time", UNCLEAR, value=piece)
            days += range(_DAYS[first][0], _DAYS[last][0] + 1)
    return days, parts


def _words(piece: str) -> Iterator[str]:
    """`Mo-Fr vormittags und abends` as `mo bis fr`, `vormittags`, `abends`."""
    for span in _FROM_TO.finditer(piece):
        yield f"{fold(span[1])} bis {fold(span[2])}"
    for phrase in _AND.split(_FROM_TO.sub(" ", piece)):
        folded = fold(phrase)
        if folded in _DAYS or folded in _PARTS:
            yield folded
        else:
            yield from folded.split()


def _show(slots: Iterable[int]) -> str:
    shown = []
    for day, times in groupby(times_of(sorted(slots)), key=lambda time: time.weekday):
        parts = [time.daytime for time in times]
        named = ALL_DAY if len(parts) == len(Daytime) else " und ".join(DAYTIME_NAMES[part] for part in parts)
        shown.append(f"{_SHORT[day]} {named}")
    return ", ".join(shown)


TIMES = Kind(_read, show=_show, width=40)
"""The numbers of the slots (see `volunteers.availability`), in order."""
