"""The village that a row names, by up to three of its cells."""

from typing import Any

from shared.i18n import N_

from registry.imports.offices import Reach
from registry.imports.rows import Source
from registry.imports.vocabulary import Vocabulary
from registry.spreadsheets.problems import Problem, WrongCell
from registry.territory.model import Village

OUTSIDE = N_("“{value}” does not belong to the places that you are responsible for.")


def read_village(
    source: Source,
    number: int,
    values: dict[str, Any],
    vocabulary: Vocabulary,
    reach: Reach | None,
    problems: list[Problem],
) -> Village | None:
    """The village, if all that the row says of it fits together and within `reach`; else a problem."""
    name, municipality, ags = values.get("village"), values.get("municipality"), values.get("ags")
    if name is None:
        return None
    for column, value, find in (
        ("ags", ags, vocabulary.municipality_with),
        ("municipality", municipality, vocabulary.municipality_of),
    ):
        try:
            seat = None if value is None else find(value)
        except WrongCell as wrong:
            problems.append(source.wrong(number, column, value, wrong))
            return None
        municipality = municipality if seat is None else seat.name
    try:
        village = vocabulary.village(name, municipality, ags)
    except WrongCell as wrong:
        problems.append(source.wrong(number, "village", name, wrong))
        return None
    if reach is not None and not reach.has_village(village):
        problems.append(source.problem(number, "village", "outside_scope", OUTSIDE, value=name))
        return None
    return village
