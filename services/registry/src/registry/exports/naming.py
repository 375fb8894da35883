"""What ids of places and federations are called in a file, as the import reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.contracts.registry import AreaKind
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports.vocabulary import Vocabulary, load_vocabulary
from registry.organisations.model import Organisation


@dataclass(frozen=True)
class Naming:
    vocabulary: Vocabulary
    places: dict[UUID, str]

    def place(self, village_id: UUID) -> dict[str, Any]:
        """The columns that tell villages of the same name apart: `village`, `municipality` and `ags`."""
        village = self.vocabulary.villages[village_id]
        municipality = self.vocabulary.municipalities[village.municipality_id]
        return {"village": village.name, "municipality": municipality.name, "ags": municipality.ags}

    def areas(self, areas: Iterable[Any]) -> str:
        """`Gossa; Gemeinde Muldestausee; Netzwerk Heidedörfer; Landkreis; 15 km um Krina`."""
        return "; ".join(self._area(area.kind, area.id, getattr(area, "km", None)) for area in areas)

    def _area(self, kind: AreaKind, key: UUID, km: int | None) -> str:
        village = self.vocabulary.villages.get(key)
        name = self.vocabulary.distinct_name(village) if village else self.places.get(key, "")
        before = {AreaKind.MUNICIPALITY: "Gemeinde ", AreaKind.NETWORK: "Netzwerk "}.get(kind, "")
        if kind is AreaKind.DISTRICT:
            return "Landkreis"
        return f"{km} km um {name}" if km else f"{before}{name}"


async def load_naming(session: AsyncSession) -> Naming:
    """The names of all places."""
    vocabulary = await load_vocabulary(session)
    return Naming(vocabulary, vocabulary.names)


async def names_of_organisations(session: AsyncSession) -> dict[UUID, str]:
    """Of those that the caller sees; a district has some thousand."""
    rows = await session.execute(select(Organisation.id, Organisation.name))
    return {row.id: row.name for row in rows}
