"""Writing needs and offers, through the handlers that everybody's go through."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_jsonable_python
from shared.errors import DomainError

from registry.imports.model import Choice, EntryKind, Outcome
from registry.imports.rows import ordered
from registry.imports.run import Run
from registry.mutual_help import handlers
from registry.mutual_help.model import HelpEntry
from registry.mutual_help.schemas import HelpEntryChanges, HelpEntryInput

_NOT_CHANGED = {"side"}  # a need never becomes an offer


async def write_help(run: Run, rows: Sequence[Any]) -> None:
    """Enter what the rows say, and fill or replace what is there already."""
    for row in rows:
        try:
            async with run.session.begin_nested():
                if row.choice in (Choice.COMPLETE, Choice.OVERWRITE):
                    await _change(run, row)
                else:
                    await _enter(run, row)
        except DomainError as error:
            run.refuse(row.number, "title", error)


async def _enter(run: Run, row: Any) -> None:
    organisation_id = run.organisation(row.values["organisation"])
    entered = HelpEntryInput.model_validate({"organisation_id": organisation_id, **row.values["entry"]})
    entry = await handlers.enter(run.session, run.access, entered)
    run.enter(EntryKind.HELP, entry.id, row.number)
    run.became(row.number, Outcome.CREATED, entry.id)


async def _change(run: Run, row: Any) -> None:
    entry = await run.session.get_one(HelpEntry, row.target_id)
    said = row.values["entry"].items()
    wanted = {name: ordered(name, value) for name, value in said if name not in _NOT_CHANGED}
    before = {name: value_of(entry, name) for name in wanted}
    if row.choice is Choice.COMPLETE:
        wanted = {name: value for name, value in wanted.items() if before[name] in (None, "", [])}
    different = {name: value for name, value in wanted.items() if before[name] != value}
    if not different:
        run.became(row.number, Outcome.UNCHANGED, entry.id)
        return
    await handlers.change(run.session, run.access, entry.id, HelpEntryChanges.model_validate(different))
    changed = ({name: before[name] for name in different}, different)
    run.enter(EntryKind.HELP, entry.id, row.number, version=entry.version, changed=changed)
    outcome = Outcome.COMPLETED if row.choice is Choice.COMPLETE else Outcome.OVERWRITTEN
    run.became(row.number, outcome, entry.id)


def value_of(entry: HelpEntry, name: str) -> Any:
    """As the input would have it."""
    if name == "fields":
        return ordered(name, [field.slug for field in entry.fields])
    return ordered(name, to_jsonable_python(getattr(entry, name)))
