"""What is wrong with single cells, in sentences that name the place as the spreadsheet shows it."""

from dataclasses import dataclass, field
from typing import Any

from shared.i18n import N_, Translator

from registry.spreadsheets.letters import letter_of

LONGEST_QUOTE = 60  # characters of a cell that a message repeats

_PLACE = N_("Row {row}, column {letter} “{header}”: {problem}")
_PLACE_WITHOUT_HEADER = N_("Row {row}, column {letter}: {problem}")
_ROW = N_("Row {row}: {problem}")


class WrongCell(Exception):
    """A kind of cell or a slice's own check does not accept this value. Raise it with a msgid and its {params}.

    `{value}` is filled in by the caller: the cell as people see it. `suggestion` is offered behind it.
    """

    def __init__(self, code: str, message: str, **params: Any) -> None:
        self.code, self.message, self.params = code, message, params
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` counts from 1 as the file does, `column` from 0; None: it is about the whole row.

    A hint is worth a look, but the row can be taken as it is. `name` is the declared column's.
    """

    row: int
    column: int | None
    header: str
    name: str
    code: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    hint: bool = False

    def text(self, translate: Translator) -> str:
        """`Zeile 14, Spalte F „Gegründet“: „31.02.1990“ ist kein Datum.`"""
        problem = translate.format(self.message, self.params)
        if self.column is None:
            return translate.format(_ROW, {"row": self.row, "problem": problem})
        place = _PLACE if self.header else _PLACE_WITHOUT_HEADER
        where = {"row": self.row, "letter": letter_of(self.column), "header": self.header}
        return translate.format(place, where | {"problem": problem})


def quoted(text: str) -> str:
    """The text of a cell, short enough for a message and on one line."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
