"""Which column of a file is which: by itself, as remembered, as a person says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry.spreadsheets.columns import Column, Layout
from registry.spreadsheets.folding import fold, likeness
from registry.spreadsheets.kinds import LINE
from registry.spreadsheets.letters import letter_of
from registry.spreadsheets.mapping import (
    Header,
    MappedTwice,
    NoHeaderRow,
    Title,
    UnknownColumn,
    choose_mapping,
    find_header,
    suggest_mapping,
)
from registry.spreadsheets.reading import Row

from .lists import ASSOCIATIONS


def header_of(*titles: str) -> Header:
    return Header(1, tuple(Title(column, title) for column, title in enumerate(titles)))


def found(header: Header, remembered: dict[str, str] | None = None) -> dict[str, tuple[str, float]]:
    mapping = suggest_mapping(header, ASSOCIATIONS, remembered)
    return {name: (match.title.letter, match.certainty) for name, match in mapping.matches.items()}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Name", "name"),
        ("NAME DES VEREINS", "name"),
        ("Vereins-Name", "name"),
        ("PLZ", "postcode"),
        ("gegruendet", "founded"),
        ("Gründungs-Jahr", "founded"),
        ("VR-Nummer:", "register_number"),
        ("E-Mail\nAdresse", "email"),
        ("Taetigkeitsfelder", "fields"),
    ],
)
def test_the_same_word_in_other_letters(title: str, name: str) -> None:
    assert found(header_of(title)) == {name: ("A", 1.0)}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Telefon (privat)", "phone"),
        ("E-Mail 1. Vorsitz", "email"),
        ("Registernumer", "register_number"),
        ("Post-leizahl", "postcode"),
        ("Homepge", "website"),
    ],
)
def test_more_words_and_typing_errors_are_less_certain(title: str, name: str) -> None:
    ((found_name, (_, certainty)),) = found(header_of(title)).items()
    assert found_name == name
    assert 0.8 <= certainty < 1


def test_what_is_something_else() -> None:
    assert found(header_of("Kasse", "Bemerkung", "", "Orte der Feste")) == {}


def test_the_more_certain_title_wins_and_each_is_used_once() -> None:
    mapping = suggest_mapping(header_of("Name des Vorsitzenden", "Name", "Telefon privat", "Telefon"), ASSOCIATIONS)
    assert {name: match.title.letter for name, match in mapping.matches.items()} == {"name": "B", "phone": "D"}
    assert [title.letter for title in mapping.unused] == ["A", "C"]
    assert [column.name for column in mapping.missing] == ["village"]


def test_two_titles_of_one_name() -> None:
    assert found(header_of("Telefon", "Telefon")) == {"phone": ("A", 1.0)}


def test_what_was_remembered_holds_when_columns_move() -> None:
    first = header_of("Bezeichnung", "Name", "Wo")
    chosen = choose_mapping(first, ASSOCIATIONS, {"name": "A", "village": "c"})
    remembered = chosen.to_remember()
    assert remembered == {"name": "Bezeichnung", "village": "Wo"}
    moved = found(header_of("Name", "Wo", "Tel.", "Bezeichnung"), remembered)
    assert moved == {"name": ("D", 1.0), "village": ("B", 1.0), "phone": ("C", 1.0)}


def test_a_person_chooses_by_letter() -> None:
    mapping = choose_mapping(header_of("Name", "Verein", "Ort"), ASSOCIATIONS, {"name": "B", "village": ""})
    assert {name: match.title.letter for name, match in mapping.matches.items()} == {"name": "B"}
    assert [column.name for column in mapping.missing] == ["village"]


def test_a_wrong_choice() -> None:
    with pytest.raises(UnknownColumn):
        choose_mapping(header_of("Name"), ASSOCIATIONS, {"name": "ZZ"})
    with pytest.raises(MappedTwice):
        choose_mapping(header_of("Name"), ASSOCIATIONS, {"name": "A", "village": "A"})


LETTERHEAD = [Row(1, ["Vereine, Stand 2026"]), Row(3, ["", "Name", "Ort"]), Row(4, ["", "A", "Gossa", "", "x"])]


def test_the_header_below_a_letterhead() -> None:
    header = find_header(LETTERHEAD, ASSOCIATIONS)
    assert header.row == 3
    assert [(title.letter, title.text) for title in header.titles] == [("B", "Name"), ("C", "Ort"), ("E", "")]


def test_a_header_without_any_known_title() -> None:
    rows = [Row(2, ["Liste"]), Row(4, ["Alpha", "Beta", "Gamma"]), Row(5, ["a", 2.0, "c"])]
    assert find_header(rows, ASSOCIATIONS).row == 4


def test_a_person_names_the_header_row() -> None:
    assert find_header(LETTERHEAD, ASSOCIATIONS, 4).row == 4
    with pytest.raises(NoHeaderRow):
        find_header(LETTERHEAD, ASSOCIATIONS, 2)


def test_titles_that_are_numbers_or_have_line_breaks() -> None:
    header = find_header([Row(1, ["Name", 2024.0, "Einsatz-\nfelder"]), Row(2, ["A"])], ASSOCIATIONS)
    assert [title.text for title in header.titles] == ["Name", "2024", "Einsatz- felder"]


@pytest.mark.parametrize(("column", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16_383, "XFD")])
def test_letters(column: int, letter: str) -> None:
    assert letter_of(column) == letter


@given(st.text())
def test_folding(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert likeness(fold(text), fold(text)) == 1


@given(st.lists(st.text(max_size=20), max_size=12))
def test_any_titles_are_mapped_at_most_once(titles: list[str]) -> None:
    layout = Layout((*ASSOCIATIONS.columns, Column("other", "Sonstiges", LINE)))
    mapping = suggest_mapping(header_of(*titles), layout)
    used = [match.title.column for match in mapping.matches.values()]
    assert len(set(used)) == len(used)
    assert len(used) + len(mapping.unused) == len(titles)
