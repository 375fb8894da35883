"""What comes in and goes out over HTTP about imports."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from shared.i18n import Translator
from shared.inputs import Input

from registry.imports.layouts import layout_of
from registry.imports.model import Choice, ImportPart, ImportRow, ImportState, ListImport, ListKind, Outcome
from registry.imports.uses import Kept
from registry.imports.vocabulary import Vocabulary
from registry.spreadsheets.letters import letter_of
from registry.spreadsheets.problems import Problem

Letter = Annotated[str, Field(max_length=3)]
ColumnName = Annotated[str, Field(max_length=60)]


class PartInput(Input):
    """What a sheet holds. Without `mapping` the columns are suggested anew.

    `mapping` has the letter of each declared column, `constants` one value for all rows where the file has no column.
    """

    kind: ListKind | None
    header_row: Annotated[int, Field(ge=1, le=1_048_576)] | None = None
    mapping: Annotated[dict[ColumnName, Letter], Field(max_length=100)] | None = None
    constants: Annotated[dict[ColumnName, Annotated[str, Field(max_length=500)]], Field(max_length=100)] = {}


class ChoiceInput(Input):
    """What to do with a row that is probably entered already; `target_id` is one of its matches."""

    choice: Choice
    target_id: UUID | None = None


class ChoicesInput(Input):
    """The same for all such rows of a sheet; `new` leaves out those that cannot be entered anew."""

    choice: Choice


class RunInput(Input):
    """`good_rows_only` leaves wrong rows out; else one wrong row is reason enough to write nothing."""

    good_rows_only: bool = False


class UndoInput(Input):
    """`remove_changed` also takes away what somebody has changed since; what others rest on stays in any case."""

    remove_changed: bool = False


class Show(StrEnum):
    """Which rows of a sheet."""

    ALL = "all"
    WRONG = "wrong"
    HINTED = "hinted"
    KNOWN = "known"
    GOOD = "good"
    CREATED = Outcome.CREATED.value
    COMPLETED = Outcome.COMPLETED.value
    OVERWRITTEN = Outcome.OVERWRITTEN.value
    UNCHANGED = Outcome.UNCHANGED.value
    SKIPPED = Outcome.SKIPPED.value
    REFUSED = Outcome.REFUSED.value


class TitleAnswer(BaseModel):
    """A column of the file, with up to three of its values."""

    letter: str
    text: str
    samples: list[str]


class ColumnAnswer(BaseModel):
    """A column that a list of this kind may have; `required` ones need a column of the file or one value for all."""

    name: str
    header: str
    required: bool


class PartAnswer(BaseModel):
    """A sheet. `missing` are the titles of columns that are not assigned and needed, or needed by another one, as the
    register court is by register numbers; the numbers count rows.
    """

    number: int
    sheet: str
    kind: ListKind | None
    header_row: int
    titles: list[TitleAnswer]
    mapping: dict[str, str]
    constants: dict[str, str]
    columns: list[ColumnAnswer]
    missing: list[str]
    rows: int
    wrong: int
    hinted: int
    known: int
    outcomes: dict[Outcome, int]


class ImportBrief(BaseModel):
    """One line of the history. `office` is `district`, or the id of a municipality or network."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    office: str
    created_by: UUID
    created_at: datetime
    changed_at: datetime
    file_name: str
    size: int
    state: ImportState


class ImportAnswer(ImportBrief):
    """`done` of `total` rows of the work that runs; `problem` is why the last work had no effect."""

    done: int
    total: int
    cancelled: bool
    problem: str | None
    has_file: bool
    has_rows: bool
    parts: list[PartAnswer]


class ProblemAnswer(BaseModel):
    """`where` is the column's letter, None where it is about the whole row; a hint does not keep a row out."""

    where: str | None
    header: str
    text: str
    hint: bool

    @classmethod
    def of(cls, stored: dict[str, Any], translate: Translator) -> "ProblemAnswer":
        problem = Problem(**stored)
        where = None if problem.column is None else letter_of(problem.column)
        text = translate.format(problem.message, problem.params)
        return cls(where=where, header=problem.header, text=text, hint=problem.hint)


class MatchAnswer(BaseModel):
    """An entry that a row probably repeats; `reasons` as of the list of probable duplicates."""

    id: UUID
    name: str
    reasons: list[str]


class RowAnswer(BaseModel):
    """A row as the spreadsheet counts; `entity_id` is the entry that it became."""

    part: int
    number: int
    label: str
    good: bool
    problems: list[ProblemAnswer]
    matches: list[MatchAnswer]
    exact: bool
    choice: Choice | None
    target_id: UUID | None
    outcome: Outcome | None
    entity_id: UUID | None
    person_id: UUID | None

    @classmethod
    def of(cls, row: ImportRow, translate: Translator) -> "RowAnswer":
        problems = [ProblemAnswer.of(stored, translate) for stored in row.problems]
        names = cls.model_fields.keys() - {"problems"}
        return cls(problems=problems, **{name: getattr(row, name) for name in names})


class RowsAnswer(BaseModel):
    """`next` is the `after` of the following page."""

    items: list[RowAnswer]
    next: int | None = None


class KeptAnswer(BaseModel):
    """Something that stays: `kind` is organisation, person, contact, volunteer or help_entry."""

    kind: str
    id: UUID
    name: str
    reason: Kept


class UndoAnswer(BaseModel):
    """What an undo would take away (by kind), what would be as before again, and what stays (at most 200 are named)."""

    removed: dict[str, int]
    restored: int
    kept: list[KeptAnswer]
    kept_count: int


def part_answer(part: ImportPart, vocabulary: Vocabulary, outcomes: dict[Outcome, int]) -> PartAnswer:
    """One sheet, with the columns that its kind of list may have."""
    layout = None if part.kind is None else layout_of(part.kind, vocabulary)
    columns = [] if layout is None else list(layout.columns)
    assigned = part.mapping.keys() | part.constants.keys()
    asked = {"register_court"} if "register_number" in part.mapping else set()
    return PartAnswer(
        number=part.number,
        sheet=part.sheet,
        kind=part.kind,
        header_row=part.header_row,
        titles=[
            TitleAnswer(letter=letter_of(title["column"]), text=title["text"], samples=title["samples"])
            for title in part.titles
        ],
        mapping={name: letter_of(position) for name, position in part.mapping.items()},
        constants=part.constants,
        columns=[ColumnAnswer(name=one.name, header=one.header, required=one.required) for one in columns],
        missing=[one.header for one in columns if (one.required or one.name in asked) and one.name not in assigned],
        rows=part.rows,
        wrong=part.wrong,
        hinted=part.hinted,
        known=part.known,
        outcomes=outcomes,
    )


def import_answer(
    imported: ListImport,
    vocabulary: Vocabulary,
    translate: Translator,
    outcomes: dict[int, dict[Outcome, int]],
    *,
    has_file: bool,
    has_rows: bool,
) -> ImportAnswer:
    """The whole of one import, but for its rows."""
    problem = imported.problem and translate.format(imported.problem["message"], imported.problem["params"])
    return ImportAnswer(
        **ImportBrief.model_validate(imported).model_dump(),
        done=imported.done,
        total=imported.total,
        cancelled=imported.cancelled,
        problem=problem,
        has_file=has_file,
        has_rows=has_rows,
        parts=[part_answer(part, vocabulary, outcomes.get(part.number, {})) for part in imported.parts],
    )
