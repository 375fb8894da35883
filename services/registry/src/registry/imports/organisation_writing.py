"""Writing organisations: new ones together, changes of present ones through the handler that everybody's go through."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_jsonable_python
from shared.contracts.registry import OrganisationRegistered
from shared.errors import DomainError

from registry.fields_of_activity.model import RetiredField
from registry.imports.contact_writing import appoint
from registry.imports.model import Choice, EntryKind, Outcome
from registry.imports.organisation_rows import entered_as_new
from registry.imports.rows import ordered
from registry.imports.run import Run
from registry.organisations import handlers
from registry.organisations.model import Organisation
from registry.organisations.schemas import OrganisationChanges
from registry.organisations.telling import tell_state
from registry.slugs import free_slug, slugify

_NOT_CHANGED = {"publication"}  # what is shown is decided on the entry's page, not by a list


class OrganisationWriter:
    """Writes the rows of one sheet; `taken` are the short names of all entries."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken

    @classmethod
    async def prepare(cls, run: Run) -> "OrganisationWriter":
        return cls(set(await run.session.scalars(sa.select(Organisation.slug))))

    async def __call__(self, run: Run, rows: Sequence[Any]) -> None:
        entered = []
        for row in rows:
            if row.choice in (Choice.COMPLETE, Choice.OVERWRITE):
                organisation, outcome = await self._change(run, row)
            else:
                try:
                    organisation, outcome = self._new(run, row), Outcome.CREATED
                except RetiredField as error:
                    run.refuse(row.number, "fields", error)
                    continue
            entered.append((row, organisation, outcome))
            run.organisations[run.part, row.number] = organisation.id
        await run.session.flush()
        for row, organisation, outcome in entered:
            if outcome is Outcome.CREATED and organisation.published:
                tell_state(run.session, organisation, OrganisationRegistered)
            became, person_id = outcome, None
            if row.values["contact"]:
                village = organisation.village_id
                _, is_new = await appoint(run, row, row.values["contact"], organisation.id, village)
                person_id = run.person(row, row.values["contact"])[0]
                if is_new and outcome is Outcome.UNCHANGED:
                    became = Outcome.COMPLETED
            run.became(row.number, became, organisation.id, person_id)

    def _new(self, run: Run, row: Any) -> Organisation:
        entered = entered_as_new(row.values["entry"])
        village, fields = run.vocabulary.villages[entered.village_id], run.choosable(entered.fields)
        slug = free_slug(slugify(entered.name) or "organisation", self.taken, village.name)
        self.taken.add(slug)
        organisation = handlers.new_organisation(entered, slug, village, fields)
        run.session.add(organisation)
        run.enter(EntryKind.ORGANISATION, organisation.id, row.number)
        return organisation

    async def _change(self, run: Run, row: Any) -> tuple[Organisation, Outcome]:
        organisation = await run.session.get_one(Organisation, row.target_id)
        said = row.values["entry"].items()
        wanted = {name: ordered(name, value) for name, value in said if name not in _NOT_CHANGED}
        before = {name: value_of(organisation, name) for name in wanted}
        if row.choice is Choice.COMPLETE:
            wanted = {name: value for name, value in wanted.items() if before[name] in (None, "", [])}
        different = {name: value for name, value in wanted.items() if before[name] != value}
        if not different:
            return organisation, Outcome.UNCHANGED
        try:
            async with run.session.begin_nested():
                changes = OrganisationChanges.model_validate(different)
                await handlers.change_entry(run.session, organisation, changes)
        except DomainError as error:
            run.refuse(row.number, "name", error)
            return organisation, Outcome.UNCHANGED
        changed = ({name: before[name] for name in different}, different)
        run.enter(EntryKind.ORGANISATION, organisation.id, row.number, version=organisation.version, changed=changed)
        return organisation, Outcome.COMPLETED if row.choice is Choice.COMPLETE else Outcome.OVERWRITTEN


def value_of(organisation: Organisation, name: str) -> Any:
    """As the input would have it."""
    if name == "fields":
        return ordered(name, [field.slug for field in organisation.fields])
    if name == "notice":
        notice = organisation.notice
        return notice and {"kind": notice.kind.value, "issued_on": notice.issued_on.isoformat()}
    return ordered(name, to_jsonable_python(getattr(organisation, name)))
