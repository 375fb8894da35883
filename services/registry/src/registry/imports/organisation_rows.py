"""Rows of organisations: the cells together have to make an entry that `POST /organisations` would take."""

from typing import Any
from uuid import UUID

from pydantic import ValidationError
from shared.contracts.registry import OrganisationKind
from shared.errors import DomainError
from shared.i18n import N_

from registry.imports.fields import read_fields
from registry.imports.offices import Reach
from registry.imports.places import read_village
from registry.imports.rows import Draft, Source, given
from registry.imports.vocabulary import Vocabulary
from registry.organisations.model import Organisation, RegisterCourtMissing
from registry.organisations.schemas import OrganisationInput
from registry.people.model import ContactFunction, Unreachable
from registry.spreadsheets.checking import CheckedRow
from registry.spreadsheets.problems import Problem

DOUBLE = N_("“{value}” in this village stands in row {first} already.")
UNFIT = N_("“{value}” cannot be used here.")
NOBODY_NAMED = N_("Without a name of a contact person, their email address and telephone number are left out.")
NOTICE_INCOMPLETE = N_("A notice of the tax office needs its kind and its day.")
_ENTRY = (
    "kind",
    "name",
    "public_body_kind",
    "legal_form",
    "register_court",
    "register_number",
    "purposes",
    "goals",
    "strengths",
    "potentials",
    "support_kinds",
    "founded",
    "founded_on",
    "members",
    "facilities",
    "languages",
    "federations",
    "website",
    "publication",
)
_CHECKED = ("kind", "support_kinds", "register_number", "register_court", "public_body_kind", "founded_on", "founded")


def entered_as_new(entry: dict[str, Any]) -> OrganisationInput:
    """What a row says as the input of a new entry. Lists hold associations, unless they say something else."""
    return OrganisationInput.model_validate({"kind": OrganisationKind.ASSOCIATION} | entry)


class OrganisationRows:
    """Reads the rows of one sheet in their order."""

    def __init__(self, source: Source, vocabulary: Vocabulary, reach: Reach) -> None:
        self.source, self.vocabulary, self.reach = source, vocabulary, reach
        self._names: dict[tuple[UUID, str], int] = {}

    async def read(self, row: CheckedRow) -> Draft:
        problems = list(row.problems)
        entry = given(row, _ENTRY) | read_fields(self.source, row, self.vocabulary, problems)
        if areas := row.values.get("areas"):
            entry["areas"] = [{"kind": kind, "id": key} for kind, key, _km in areas]
        if "founded_on" in entry and "founded" not in entry:
            entry["founded"] = row.values["founded_on"].year
        self._read_notice(row, entry, problems)
        village = read_village(self.source, row.number, row.values, self.vocabulary, self.reach, problems)
        if village is not None:
            entry["village_id"] = str(village.id)
            problems += self._doubles(row, village.id)
        contact = self._contact(row, problems)
        draft = Draft(row.number, entry.get("name") or "", {"entry": entry, "contact": contact}, problems)
        draft.email = (contact or {}).get("email")
        if draft.good:
            problems += self._rules(row, entry)
        return draft

    def _read_notice(self, row: CheckedRow, entry: dict[str, Any], problems: list[Problem]) -> None:
        notice = given(row, ("notice_kind", "notice_on"))
        if len(notice) == 2:
            entry["notice"] = {"kind": notice["notice_kind"], "issued_on": notice["notice_on"]}
        elif notice and not any(problem.name in ("notice_kind", "notice_on") for problem in problems):
            name = next(iter(notice))
            problems.append(self.source.problem(row.number, name, "notice_incomplete", NOTICE_INCOMPLETE))

    def _doubles(self, row: CheckedRow, village_id: UUID) -> list[Problem]:
        name = row.values.get("name")
        if name is None:
            return []
        first = self._names.setdefault((village_id, name.lower()), row.number)
        if first == row.number:
            return []
        return [self.source.problem(row.number, "name", "double", DOUBLE, value=name, first=first)]

    def _contact(self, row: CheckedRow, problems: list[Problem]) -> dict[str, Any] | None:
        """The contact person in the same row, if one is named."""
        names = ("name", "function", "email", "phone")
        contact = {name: value for name in names if (value := given(row, [f"contact_{name}"]).get(f"contact_{name}"))}
        if not contact:
            return None
        if "name" not in contact:
            column = "contact_email" if "email" in contact else "contact_phone"
            problems.append(self.source.problem(row.number, column, "nobody_named", NOBODY_NAMED, hint=True))
            return None
        if "email" not in contact and "phone" not in contact:
            problems.append(self.source.problem(row.number, "contact_name", Unreachable.code, Unreachable.message))
            return None
        return {"function": ContactFunction.CONTACT_PERSON.value} | contact

    def _rules(self, row: CheckedRow, entry: dict[str, Any]) -> list[Problem]:
        """What holds for an entry as a whole."""
        try:
            entered = entered_as_new(entry)
            Organisation(**{name: getattr(entered, name) for name in _CHECKED}).check()
        except ValidationError as error:
            found = error.errors(include_url=False)
            return [
                self.source.problem(row.number, str(one["loc"][0]), "unfit", UNFIT, value=str(one.get("input")))
                for one in found
            ]
        except DomainError as error:
            column = "register_number" if isinstance(error, RegisterCourtMissing) else error.field or "name"
            return [self.source.problem(row.number, column, error.code, error.message, **error.params)]
        return []
