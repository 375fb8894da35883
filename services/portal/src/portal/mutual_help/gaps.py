"""The picture of the gaps: villages by fields, darker where more needs have no supply."""

from dataclasses import dataclass
from typing import Any

from portal.networks.queries import NetworkPage

DARKEST = 3


@dataclass(frozen=True)
class Cell:
    """Open needs of one village in one field, and how many of them nothing could meet."""

    needs: int = 0
    without_supply: int = 0

    @property
    def shade(self) -> int:
        """0 (nothing is missing) to `DARKEST`."""
        return min(self.without_supply, DARKEST)


@dataclass(frozen=True)
class Picture:
    """`fields` are the names of the columns: only those in which something is needed. Rows are all villages."""

    fields: list[str]
    rows: list[tuple[str, list[Cell]]]
    without_supply: int


def picture(page: NetworkPage, gaps: list[dict[str, Any]]) -> Picture:
    """From what the registry counted. A need without a field stands in the last column, whose name is empty."""
    cells = {(gap["village_id"], gap["field"]): Cell(gap["needs"], gap["without_supply"]) for gap in gaps}
    asked = {gap["field"] for gap in gaps}
    columns: list[str | None] = [slug for slug in page.fields if slug in asked]
    columns += [None] if None in asked else []
    return Picture(
        fields=[page.fields[slug] if slug else "" for slug in columns],
        rows=[
            (village.name, [cells.get((str(village.id), slug), Cell()) for slug in columns])
            for village in page.villages
        ],
        without_supply=sum(cell.without_supply for cell in cells.values()),
    )
