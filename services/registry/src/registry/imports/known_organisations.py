"""The organisations that rows of other lists may name: those of the directory, and those of the same file."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.i18n import N_
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports.model import ImportPart, ImportRow, ListImport, ListKind
from registry.organisations.model import Organisation, Publication
from registry.scope import organisations_in_scope
from registry.spreadsheets.folding import fold
from registry.spreadsheets.problems import WrongCell

UNKNOWN = N_("“{value}” is neither entered in your area nor in this file.")
SEVERAL = N_("“{value}” is there several times. Please name the village, too.")


@dataclass(frozen=True)
class KnownOrganisation:
    """One of the directory (`id`), or a row of the same file (`row`: part and number)."""

    name: str
    village_id: UUID
    published: bool
    id: UUID | None = None
    row: tuple[int, int] | None = None

    @property
    def reference(self) -> dict[str, Any]:
        which = {"id": str(self.id)} if self.id else {"row": list(self.row or ())}
        return {"village_id": str(self.village_id), **which}


class KnownOrganisations:
    """Those that rows may be about, by folded name."""

    def __init__(self, known: list[KnownOrganisation]) -> None:
        self._named: dict[str, list[KnownOrganisation]] = {}
        for one in known:
            self._named.setdefault(fold(one.name), []).append(one)

    @classmethod
    async def load(cls, session: AsyncSession, imported: ListImport) -> "KnownOrganisations":
        """Of the office's area, and the good rows of the file's other sheets, which are checked by then."""
        present = sa.select(
            Organisation.name,
            Organisation.village_id,
            Organisation.publication == Publication.PUBLISHED,
            Organisation.id,
        )
        known = [
            KnownOrganisation(*row)
            for row in await session.execute(present.where(organisations_in_scope(imported.access())))
        ]
        rows = (
            sa.select(ImportRow.part, ImportRow.number, ImportRow.values)
            .join(ImportPart, (ImportPart.import_id == ImportRow.import_id) & (ImportPart.number == ImportRow.part))
            .where(ImportRow.import_id == imported.id, ImportRow.good, ImportPart.kind == ListKind.ORGANISATIONS)
        )
        there = {(fold(one.name), one.village_id) for one in known}
        for part, number, values in await session.execute(rows):
            entry = values["entry"]
            village = UUID(entry["village_id"])
            if (fold(entry["name"]), village) not in there:
                published = entry.get("publication", Publication.PUBLISHED) == Publication.PUBLISHED
                known.append(KnownOrganisation(entry["name"], village, published, row=(part, number)))
        return cls(known)

    def find(self, name: str, village_id: UUID | None) -> KnownOrganisation:
        """Raises `WrongCell`."""
        found = self._named.get(fold(name), [])
        if village_id is not None:
            found = [one for one in found if one.village_id == village_id]
        return self._only(name, found)

    def find_near(self, name: str, village_id: UUID | None) -> KnownOrganisation:
        """As `find`, but one whose name is unique may be in another village. Raises `WrongCell`."""
        found = self._named.get(fold(name), [])
        if len(found) > 1:
            found = [one for one in found if one.village_id == village_id] or found
        return self._only(name, found)

    @staticmethod
    def _only(name: str, found: list[KnownOrganisation]) -> KnownOrganisation:
        if len(found) != 1:
            raise WrongCell("unknown_organisation", SEVERAL if found else UNKNOWN, value=name)
        return found[0]
