"""The import of a list: what was uploaded, how its columns are meant, the checked rows, and what became of each."""

from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from uuid import UUID

from shared.access.grants import Access, Grant, Principal, Role
from shared.database import Identified
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.access.model import SCOPE_OF
from registry.database import Base, Recorded

DISTRICT = "district"  # the office whose scope is the whole district; the others are ids


class ImportState(StrEnum):
    UPLOADED = "uploaded"  # sheets and columns are being assigned
    CHECKING = "checking"  # work of the worker
    CHECKED = "checked"  # the preview; nothing is written yet
    RUNNING = "running"  # work of the worker
    DONE = "done"
    UNDOING = "undoing"  # work of the worker
    UNDONE = "undone"

    @property
    def at_work(self) -> bool:
        return self in AT_WORK


AT_WORK = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
_BEFORE = {
    ImportState.CHECKING: ImportState.UPLOADED,
    ImportState.RUNNING: ImportState.CHECKED,
    ImportState.UNDOING: ImportState.DONE,
}


class ListKind(StrEnum):
    """What the rows of a sheet are. Written in this order: a later kind may name what an earlier one enters."""

    ORGANISATIONS = "organisations"
    CONTACTS = "contacts"
    VOLUNTEERS = "volunteers"
    HELP = "help_entries"


class Choice(StrEnum):
    """What to do with a row that is probably entered already."""

    SKIP = "skip"
    NEW = "new"
    COMPLETE = "complete"  # fill empty fields only
    OVERWRITE = "overwrite"  # with what the list says; what it says nothing of stays


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    COMPLETED = "completed"
    OVERWRITTEN = "overwritten"
    UNCHANGED = "unchanged"  # the entry says all of it already
    SKIPPED = "skipped"
    REFUSED = "refused"  # wrong rows, left out


class EntryKind(StrEnum):
    """What an import wrote, as far as it can be taken back."""

    ORGANISATION = "organisation"
    PERSON = "person"
    CONTACT = "contact"
    VOLUNTEER = "volunteer"
    HELP = "help_entry"


class WrongStep(DomainError):
    code = "wrong_step"
    message = "This step is not possible now. Please open the import again to see how far it is."


class NoSuchOffice(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "no_such_office"
    message = "Please choose for which office you import."
    field = "office"


class NothingChosen(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "nothing_chosen"
    message = "Please say for at least one sheet what it holds."


class ColumnsMissing(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "columns_missing"
    message = "These columns are needed: {columns}. Please assign them, or give one value for all rows."


class WrongConstant(DomainError):
    """A value for all rows that its column does not take; the message is that of a wrong cell."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "wrong_constant"

    def __init__(self, column: str, message: str, params: dict[str, Any]) -> None:
        super().__init__(**params)
        self.message, self.field = message, f"constants.{column}"  # type: ignore[misc]


class FileGone(DomainError):
    code = "file_gone"
    message = "The file is no longer stored. Please upload it again."


class RowsAreWrong(DomainError):
    code = "rows_are_wrong"
    message = (
        "{count} rows are wrong. Please correct them in your file and upload it again, or import the good rows only."
    )


class NothingToImport(DomainError):
    code = "nothing_to_import"
    message = "There is no row that could be imported."


class ChoiceImpossible(DomainError):
    code = "choice_impossible"
    message = "This row cannot be entered anew: exactly this is entered already."
    field = "choice"


class BrokenOff:
    """Why work ended without an effect; kept with the import, for people."""

    CANCELLED = N_("The import was cancelled. Nothing was written.")
    CONFLICTS = N_(
        "Meanwhile somebody else has entered what {count} rows of your list say. They are marked now; nothing was "
        "written."
    )
    FAILED = N_("Something went wrong here, and nothing was written. Please try again later.")


class ListImport(Identified, Recorded, Base):
    """One upload. `office` is `district`, or the id of the municipality or network that imports.

    Its policy lets staff of that office see it, and with it the rows of the other tables here.
    """

    __tablename__ = "list_import"

    office: Mapped[str] = mapped_column(index=True)
    role: Mapped[Role]
    created_by: Mapped[UUID]
    file_name: Mapped[str]
    size: Mapped[int]  # bytes
    state: Mapped[ImportState]
    good_rows_only: Mapped[bool] = mapped_column(default=False)
    remove_changed: Mapped[bool] = mapped_column(default=False)  # of an undo
    cancelled: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)  # rows, of the work that runs
    total: Mapped[int] = mapped_column(default=0)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # why the last work had no effect: message, params
    changed_at: Mapped[datetime]
    parts: Mapped[list["ImportPart"]] = relationship(
        order_by="ImportPart.number", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def scope_id(self) -> UUID | None:
        return None if self.office == DISTRICT else UUID(self.office)

    def access(self) -> Access:
        """What the office may do: the grant under which the list was uploaded, and no other of the same person."""
        grant = Grant(role=self.role, scope=SCOPE_OF[self.role], scope_id=self.scope_id)
        return Access(Principal(self.created_by, (grant,)), frozenset({self.role}))

    def expect(self, *states: ImportState) -> None:
        """Raise `WrongStep` unless the import is that far."""
        if self.state not in states:
            raise WrongStep

    def start(self, state: ImportState, now: datetime) -> None:
        """Hand it to the worker."""
        self.state, self.changed_at = state, now
        self.cancelled, self.problem = False, None
        self.attempts = self.done = self.total = 0

    def break_off(self, message: str, now: datetime, **params: Any) -> None:
        """The work ended without an effect: back to where it was asked for."""
        self.state, self.changed_at = _BEFORE[self.state], now
        self.problem, self.cancelled = {"message": message, "params": params}, False

    def finish(self, state: ImportState, now: datetime) -> None:
        self.state, self.changed_at, self.problem = state, now, None


class ImportPart(Base):
    """One sheet; `kind` is None for a sheet that is left out.

    `titles` are the columns of the file: position, text, up to three values. `mapping` is the position of each declared
    column, `constants` one value for all rows where the file has no such column. The numbers count rows.
    """

    __tablename__ = "list_import_part"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("list_import.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str]  # empty for csv
    kind: Mapped[ListKind | None]
    header_row: Mapped[int]
    titles: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    mapping: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    constants: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    rows: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    hinted: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)  # probably entered already


class ImportChunk(Base):
    """A piece of the uploaded file, for the worker, which may be another container. Gone after the run."""

    __tablename__ = "list_import_chunk"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("list_import.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes]


class ImportRow(Base):
    """A checked row: what it says, what is wrong with it, and what became of it.

    `matches` are entries that it probably repeats: id, name, reasons. `exact`: it cannot be entered anew. An erasure
    finds the row by `email`, which is in small letters, and `person_id`.
    """

    __tablename__ = "list_import_row"
    import_id: Mapped[UUID] = mapped_column(ForeignKey("list_import.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # as the spreadsheet counts
    label: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    good: Mapped[bool]
    matches: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    exact: Mapped[bool] = mapped_column(default=False)
    choice: Mapped[Choice | None]  # None where there is nothing to choose
    target_id: Mapped[UUID | None]  # the match that the choice is about
    outcome: Mapped[Outcome | None]
    entity_id: Mapped[UUID | None]  # the organisation, contact, volunteer, need or offer that it is now
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    email: Mapped[str | None] = mapped_column(index=True)


class ImportEntry(Base):
    """One thing that an import entered or changed, to take it back.

    `version` is the thing's after that; `before` and `after` are the values of what was changed in a present entry.
    `kept` is why an undo left it: a code.
    """

    __tablename__ = "list_import_entry"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("list_import.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(primary_key=True)
    entity_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[int]
    row: Mapped[int]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created: Mapped[bool]
    version: Mapped[int]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    kept: Mapped[str | None]


class RememberedMapping(Base):
    """How an office's lists call the columns: column name to title, for the next file."""

    __tablename__ = "list_import_mapping"

    office: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[ListKind] = mapped_column(primary_key=True)
    titles: Mapped[dict[str, str]] = mapped_column(JSONB)
