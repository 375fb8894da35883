"""Which column of a file is which of the declared ones: found by itself, as remembered, or as a person says."""

from collections.abc import Mapping as Names
from dataclasses import dataclass

from shared.sheets.cells import as_text

from registry.spreadsheets.columns import Column, Layout
from registry.spreadsheets.errors import UnreadableFile
from registry.spreadsheets.folding import fold, likeness
from registry.spreadsheets.letters import letter_of
from registry.spreadsheets.problems import quoted
from registry.spreadsheets.reading import Row

HEADER_WITHIN = 30  # rows that hold something: below that nobody puts a letterhead
SURE, PROBABLE, LEAST = 1.0, 0.9, 0.8  # of one and the same word; of a header with more words; of typing errors


class MappedTwice(UnreadableFile):
    code = "mapped_twice"
    message = "Column {letter} is chosen twice."
    field = "mapping"


class UnknownColumn(UnreadableFile):
    code = "unknown_column"
    message = "The file has no column {letter}."
    field = "mapping"


class NoHeaderRow(UnreadableFile):
    code = "no_header_row"
    message = "Row {row} holds no column titles."
    field = "header_row"


@dataclass(frozen=True, slots=True)
class Title:
    """One column of the file; `text` is empty where it has values but no title."""

    column: int
    text: str

    @property
    def letter(self) -> str:
        return letter_of(self.column)


@dataclass(frozen=True, slots=True)
class Header:
    """The row with the titles, and the columns that have a title or, in the first rows, a value."""

    row: int
    titles: tuple[Title, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """`certainty` from 0.8 (a typing error) to 1 (the very word, or chosen by a person)."""

    title: Title
    certainty: float


@dataclass(frozen=True, slots=True)
class Mapping:
    """`matches` by the names of declared columns; what of the file is not used; which required ones are missing."""

    matches: dict[str, Match]
    unused: tuple[Title, ...]
    missing: tuple[Column, ...]

    def to_remember(self) -> dict[str, str]:
        """Column name to title, for the next file of the same office; see `suggest_mapping`."""
        return {name: match.title.text for name, match in self.matches.items() if match.title.text}


def find_header(rows: list[Row], layout: Layout, row_number: int | None = None) -> Header:
    """The header among a table's first rows: that row, or the one with the most titles that `layout` knows.

    Where no title is known: the first row with at least half as many cells as the widest has. Raises `NoHeaderRow`.
    """
    if row_number is not None:
        chosen = next((row for row in rows if row.number == row_number), None)
    else:
        known = {fold(spelling) for column in layout.columns for spelling in (column.header, *column.also_called)}
        candidates = rows[:HEADER_WITHIN]
        chosen = max(candidates, key=lambda row: _known_titles(row, known), default=None)
        if chosen is not None and not _known_titles(chosen, known):
            widest = max(_filled(row) for row in candidates)
            chosen = next(row for row in candidates if 2 * _filled(row) >= widest)
    if chosen is None:
        raise NoHeaderRow(row=row_number or 1)
    below = [row for row in rows if row.number > chosen.number]
    width = max(len(row.cells) for row in (chosen, *below))
    titles = (Title(column, _cell_text(chosen, column)) for column in range(width))
    used = (title for title in titles if title.text or any(_cell_text(row, title.column) for row in below))
    return Header(chosen.number, tuple(used))


def suggest_mapping(header: Header, layout: Layout, remembered: Names[str, str] | None = None) -> Mapping:
    """The most certain pairs of titles and columns, each used once; what is remembered goes first.

    `remembered` is what `Mapping.to_remember` gave: it still holds when columns have moved.
    """
    certainties = []
    for order, column in enumerate(layout.columns):
        spellings = [fold(spelling) for spelling in (column.header, *column.also_called)]
        known = fold((remembered or {}).get(column.name, ""))
        for title in header.titles:
            folded = fold(title.text)
            certainty = 2.0 if folded and folded == known else _certainty(folded, spellings)
            if certainty >= LEAST:
                certainties.append((-certainty, title.column, order, column, title))
    matches: dict[str, Match] = {}
    taken: set[int] = set()
    for negative, position, _, column, title in sorted(certainties, key=lambda found: found[:3]):
        if column.name not in matches and position not in taken:
            matches[column.name] = Match(title, min(SURE, -negative))
            taken.add(position)
    return _mapping(header, layout, matches)


def choose_mapping(header: Header, layout: Layout, letters: Names[str, str]) -> Mapping:
    """As a person says it: column name to letter. Raises `UnknownColumn` and `MappedTwice`."""
    by_letter = {title.letter: title for title in header.titles}
    matches: dict[str, Match] = {}
    for column in layout.columns:
        letter = letters.get(column.name, "").strip().upper()
        if not letter:
            continue
        if letter not in by_letter:
            raise UnknownColumn(letter=quoted(letter))
        if any(match.title.letter == letter for match in matches.values()):
            raise MappedTwice(letter=letter)
        matches[column.name] = Match(by_letter[letter], SURE)
    return _mapping(header, layout, matches)


def _mapping(header: Header, layout: Layout, matches: dict[str, Match]) -> Mapping:
    taken = {match.title.column for match in matches.values()}
    unused = tuple(title for title in header.titles if title.column not in taken)
    missing = tuple(column for column in layout.columns if column.required and column.name not in matches)
    return Mapping(matches, unused, missing)


def _certainty(title: str, spellings: list[str]) -> float:
    """Of folded texts: the same; all words of a spelling within the title; typing errors."""
    if not title:
        return 0
    if title in spellings or title.replace(" ", "") in {spelling.replace(" ", "") for spelling in spellings}:
        return SURE
    words = set(title.split())
    if any(words.issuperset(spelling.split()) for spelling in spellings):
        return PROBABLE
    most = max(likeness(title, spelling) for spelling in spellings)
    return most * PROBABLE if most >= LEAST / PROBABLE else 0


def _known_titles(row: Row, known: set[str]) -> int:
    return len({text for cell in row.cells if isinstance(cell, str) and (text := fold(cell)) in known})


def _filled(row: Row) -> int:
    return sum(1 for cell in row.cells if as_text(cell))


def _cell_text(row: Row, column: int) -> str:
    return as_text(row.cells[column]).replace("\n", " ") if column < len(row.cells) else ""
