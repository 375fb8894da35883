"""What an upload probably means: which sheet holds what, and which column is which. People correct it afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from shared.sheets.cells import as_text

from registry.imports.layouts import layout_of
from registry.imports.model import ImportPart, ListKind
from registry.imports.vocabulary import Vocabulary
from registry.spreadsheets.columns import Layout
from registry.spreadsheets.errors import EmptySheet
from registry.spreadsheets.mapping import Header, Title, find_header, suggest_mapping
from registry.spreadsheets.mapping import Mapping as ColumnMapping
from registry.spreadsheets.problems import quoted
from registry.spreadsheets.reading import Row, open_table

MOST_SHEETS = 20
SAMPLES = 3  # values of each column that a person sees
LEAST_LIKENESS = 2.0  # two columns for sure, and none that is needed missing
_OF_THE_NAME = 2.0
_NAMES = {
    ListKind.ORGANISATIONS: ("verein", "organisation", "firm", "unternehmen"),
    ListKind.CONTACTS: ("ansprech", "kontakt", "vorst", "personen"),
    ListKind.VOLUNTEERS: ("freiwillig", "ehrenamt", "helfer", "engagiert"),
    ListKind.HELP: ("bedarf", "gesuch", "angebot"),
}

Remembered = Mapping[ListKind, Mapping[str, str]]


@dataclass(frozen=True)
class _Sheet:
    name: str
    rows: list[Row]


async def prepare_parts(file: BinaryIO, vocabulary: Vocabulary, remembered: Remembered) -> list[ImportPart]:
    """The sheets of a file that are shown and hold something, each with the likeliest kind and mapping.

    Raises `UnreadableFile`.
    """
    layouts = {kind: layout_of(kind, vocabulary) for kind in ListKind}
    parts = []
    for number, sheet in enumerate(await _sheets(file)):
        kind = _likeliest(sheet, layouts, remembered)
        header = find_header(sheet.rows, layouts[kind or ListKind.ORGANISATIONS])
        part = ImportPart(
            number=number, sheet=sheet.name, kind=kind, header_row=header.row, titles=_described(header, sheet.rows)
        )
        suggest(part, vocabulary, remembered)
        parts.append(part)
    return parts


async def read_titles(file: BinaryIO, part: ImportPart, vocabulary: Vocabulary, header_row: int) -> None:
    """Take another row of the sheet for its titles. Raises `NoHeaderRow`."""
    async with open_table(file, part.sheet or None) as table:
        rows = await table.first_rows()
    header = find_header(rows, layout_of(part.kind or ListKind.ORGANISATIONS, vocabulary), header_row)
    part.header_row, part.titles = header.row, _described(header, rows)


def suggest(part: ImportPart, vocabulary: Vocabulary, remembered: Remembered) -> None:
    """Assign the columns anew, by what the office has called them before and by what they are called elsewhere."""
    if part.kind is None:
        part.mapping, part.constants = {}, {}
        return
    mapping = suggest_mapping(header_of(part), layout_of(part.kind, vocabulary), remembered.get(part.kind))
    part.mapping = {name: match.title.column for name, match in mapping.matches.items()}
    part.constants = {}
    if part.kind is ListKind.ORGANISATIONS and "register_number" in part.mapping and vocabulary.usual_court:
        # Most lists leave the court out: in most districts there is but one.
        part.constants = {} if "register_court" in part.mapping else {"register_court": vocabulary.usual_court}


def header_of(part: ImportPart) -> Header:
    """The titles as they were found in the file."""
    return Header(part.header_row, tuple(Title(title["column"], title["text"]) for title in part.titles))


async def _sheets(file: BinaryIO) -> Sequence[_Sheet]:
    async with open_table(file) as table:
        first = _Sheet(table.sheet, await table.first_rows())
        names = [sheet.name for sheet in table.sheets if not sheet.hidden and sheet.name != table.sheet]
    found = [first]
    for name in names[: MOST_SHEETS - 1]:
        try:
            async with open_table(file, name) as table:
                found.append(_Sheet(name, await table.first_rows()))
        except EmptySheet:
            continue
    return found


def _likeliest(sheet: _Sheet, layouts: Mapping[ListKind, Layout], remembered: Remembered) -> ListKind | None:
    likeness = {}
    for kind, layout in layouts.items():
        mapping = suggest_mapping(find_header(sheet.rows, layout), layout, remembered.get(kind))
        likeness[kind] = _likeness(mapping) + _by_name(sheet.name, kind)
    best = max(likeness, key=lambda kind: likeness[kind])
    return best if likeness[best] >= LEAST_LIKENESS else None


def _likeness(mapping: ColumnMapping) -> float:
    return sum(match.certainty for match in mapping.matches.values()) - len(mapping.missing)


def _by_name(sheet: str, kind: ListKind) -> float:
    return _OF_THE_NAME if any(word in sheet.lower() for word in _NAMES[kind]) else 0


def _described(header: Header, rows: Sequence[Row]) -> list[dict[str, Any]]:
    below = [row for row in rows if row.number > header.row]
    return [
        {"column": title.column, "text": quoted(title.text), "samples": _samples(below, title.column)}
        for title in header.titles
    ]


def _samples(rows: Sequence[Row], column: int) -> list[str]:
    texts = (as_text(row.cells[column]) for row in rows if column < len(row.cells))
    return [quoted(text) for text in dict.fromkeys(texts) if text][:SAMPLES]
