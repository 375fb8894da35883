"""The lists of organisations, lead associations, needs and offers, places and fields of activity as sheets."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from shared.access.grants import Access
from shared.sheets.files import Sheet, rows_of
from sqlalchemy.ext.asyncio import AsyncSession

from registry.exports import columns
from registry.exports.naming import Naming, load_naming, names_of_organisations
from registry.fields_of_activity.model import FieldOfActivity
from registry.fields_of_activity.queries import list_fields
from registry.imports.model import ListKind
from registry.lead_mandates import queries as lead_mandates
from registry.lead_mandates.model import LeadMandate
from registry.mutual_help import queries as mutual_help
from registry.mutual_help.model import HelpEntry
from registry.organisations import queries as organisations
from registry.organisations.model import Organisation
from registry.territory import queries as territory
from registry.territory.model import Municipality
from registry.territory.schemas import MunicipalityOnDay, VillageOnDay
from registry.territory.snapshot import territory_on

OF_CONTACTS = frozenset({"contact_name", "contact_function", "contact_email", "contact_phone"})
"""Columns of the import of organisations that an export leaves out: contacts are a list of their own."""
_AS_THEY_ARE = (
    *(
        "name",
        "kind",
        "public_body_kind",
        "legal_form",
        "register_court",
        "register_number",
        "notice_kind",
        "notice_on",
    ),
    *("purposes", "goals", "strengths", "potentials", "support_kinds", "founded", "founded_on", "members"),
    *("languages", "facilities", "website"),
)


async def sheet_of_organisations(session: AsyncSession, access: Access, wanted: organisations.Filter) -> Sheet:
    """Those of the caller's scope that a filter leaves. Memberships in federations that are hidden stay unnamed."""
    naming, names = await load_naming(session), await names_of_organisations(session)

    async def rows() -> AsyncIterator[dict[str, Any]]:
        async for one in rows_of(
            session,
            lambda after, limit: organisations.list_organisations(session, access, wanted, after, limit, own=True),
        ):
            yield _organisation(one, naming, names)

    return Sheet("Organisationen", columns.of_import(ListKind.ORGANISATIONS, naming.vocabulary, OF_CONTACTS), rows())


def _organisation(one: Organisation, naming: Naming, names: dict[UUID, str]) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in _AS_THEY_ARE}
    return (
        values
        | naming.place(one.village_id)
        | {
            "fields": _names(one.fields),
            "areas": naming.areas(one.areas),
            "publication": columns.PUBLICATIONS[one.publication],
            "federations": "; ".join(names[key] for key in one.federations if key in names),
        }
    )


@dataclass(frozen=True)
class LeadFilter:
    """As the list of lead mandates: `network` is a slug; without `on` past and future ones are listed, too."""

    village_id: UUID | None = None
    organisation_id: UUID | None = None
    network: str | None = None
    on: date | None = None


async def sheet_of_leads(session: AsyncSession, wanted: LeadFilter) -> Sheet:
    """Mandates by their first day."""
    naming, names = await load_naming(session), await names_of_organisations(session)

    async def page(after: str | None, limit: int) -> Any:
        return await lead_mandates.list_mandates(
            session,
            village_id=wanted.village_id,
            organisation_id=wanted.organisation_id,
            network=wanted.network,
            on=wanted.on,
            after=after,
            limit=limit,
        )

    async def rows() -> AsyncIterator[dict[str, Any]]:
        one: LeadMandate
        async for one in rows_of(session, page):
            span = {"starts_on": one.starts_on, "until": one.until}
            yield naming.place(one.village_id) | span | {"organisation": names.get(one.organisation_id)}

    return Sheet("Federführende Vereine", columns.LEADS, rows())


async def sheet_of_help(session: AsyncSession, access: Access, wanted: mutual_help.Filter) -> Sheet:
    """Needs and offers of organisations in the caller's scope, by title: each row can be imported again."""
    naming = await load_naming(session)

    async def page(after: str | None, limit: int) -> tuple[Sequence[HelpEntry], str | None]:
        return await mutual_help.list_entries(session, wanted, after, limit, within=access)

    async def rows() -> AsyncIterator[dict[str, Any]]:
        async for one in rows_of(session, page):
            yield _help(one, naming)

    return Sheet("Bedarfe und Angebote", columns.of_import(ListKind.HELP, naming.vocabulary), rows())


def _help(one: HelpEntry, naming: Naming) -> dict[str, Any]:
    names = ("side", "title", "kind", "description", "starts_on", "ends_on", "weekdays", "daytimes", "wanted", "state")
    return (
        naming.place(one.village_id)
        | {name: getattr(one, name) for name in names}
        | {
            "organisation": one.organisation.name,
            "area": naming.areas([one.area]),
            "fields": _names(one.fields),
        }
    )


@dataclass(frozen=True)
class VillageFilter:
    """As the page of the territory: `text` is folded, and the AGS or within the name of the village or of its seat."""

    network: str | None = None
    municipality_id: UUID | None = None
    text: str = ""

    def holds(self, village: VillageOnDay, seat: MunicipalityOnDay) -> bool:
        """Whether the list shows it."""
        named = self.text in village.name.casefold() or self.text in seat.name.casefold() or self.text == seat.ags
        return named and self.network in (None, village.network) and self.municipality_id in (None, seat.id)


async def sheet_of_villages(session: AsyncSession, wanted: VillageFilter, day: date) -> Sheet:
    """Villages by name, with the municipality and the network of that day."""
    there = await territory_on(session, day)
    networks = {one.slug: one.name for one in (await load_naming(session)).vocabulary.networks.values()}
    shown = [
        {name: getattr(village, name) for name in ("name", "latitude", "longitude")}
        | {"municipality": seat.name, "ags": seat.ags, "network": networks.get(village.network or "")}
        for seat in there.municipalities
        for village in seat.villages
        if wanted.holds(village, seat)
    ]

    async def rows() -> AsyncIterator[dict[str, Any]]:
        for row in sorted(shown, key=lambda row: (row["name"], row["municipality"])):
            yield row

    return Sheet("Orte", columns.VILLAGES, rows())


async def sheet_of_municipalities(session: AsyncSession, *, dissolved: bool) -> Sheet:
    """Municipalities by name."""
    counts: dict[UUID, int] = {}
    for village in (await load_naming(session)).vocabulary.villages.values():
        counts[village.municipality_id] = counts.get(village.municipality_id, 0) + 1

    async def rows() -> AsyncIterator[dict[str, Any]]:
        one: Municipality
        async for one in rows_of(
            session, lambda after, limit: territory.list_municipalities(session, None, dissolved, after, limit)
        ):
            values = {name: getattr(one, name) for name in ("name", "ags", "dissolved_on")}
            yield values | {"villages": counts.get(one.id, 0)}

    return Sheet("Gemeinden", columns.MUNICIPALITIES, rows())


async def sheet_of_fields(session: AsyncSession) -> Sheet:
    """Fields of activity in the list's order."""
    fields = await list_fields(session)

    async def rows() -> AsyncIterator[dict[str, Any]]:
        for one in fields:
            yield {"name": one.name, "slug": one.slug, "retired": one.retired}

    return Sheet("Tätigkeitsfelder", columns.FIELDS, rows())


def _names(fields: Iterable[FieldOfActivity]) -> str:
    return "; ".join(field.name for field in fields)
