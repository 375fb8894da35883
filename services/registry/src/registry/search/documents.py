"""Entries as texts: what is indexed, and what is shown of them. Read anew for each answer, with the caller's rights."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from shared.contracts.registry import (
    PURPOSE_WORDING,
    SKILL_NAMES,
    AreaKind,
    ConsentPurpose,
    HelpKind,
    HelpState,
    OrganisationKind,
    PublicBodyKind,
    Purpose,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, joinedload, raiseload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from registry.consents.conditions import has_given
from registry.mutual_help.model import HelpEntry, Side
from registry.organisations.model import Organisation, Publication
from registry.territory.model import Municipality, Network, Village
from registry.territory.queries import TABLE_OF
from registry.volunteers.model import Volunteer

NAME, PLACE, FIELD, TEXT, ASIDE = 8.0, 4.0, 3.0, 2.0, 1.0
"""What a word says about its entry, by where it stands: the name counts more than the goals."""

_KINDS = {
    OrganisationKind.ASSOCIATION: "Verein",
    OrganisationKind.COMPANY: "Unternehmen Firma Betrieb",
    OrganisationKind.PUBLIC_BODY: "Einrichtung Behörde",
    OrganisationKind.FEDERATION: "Verband",
    OrganisationKind.INITIATIVE: "Initiative Gruppe",
}
_BODIES = {PublicBodyKind.VILLAGE_COUNCIL: "Ortschaftsrat Ortsrat", PublicBodyKind.ADMINISTRATION: "Verwaltung Amt"}
_SIDES = {Side.NEED: "Bedarf Gesuch", Side.OFFER: "Angebot"}
_HELP = {
    HelpKind.PEOPLE: "Helfer Helferin Hilfe",
    HelpKind.ROOMS: "Raum Räume",
    HelpKind.EQUIPMENT: "Geräte Ausstattung",
    HelpKind.EXPERTISE: "Fachwissen Beratung",
}


@dataclass(frozen=True)
class Document:
    """One entry. `texts` are shown with what was found in them, `also` is only searched; both with their weight."""

    id: UUID
    title: str
    texts: list[tuple[float, str]] = field(default_factory=list)
    also: list[tuple[float, str]] = field(default_factory=list)
    slug: str | None = None
    village: str | None = None  # name
    municipality: str | None = None  # name
    network: str | None = None  # slug
    organisation: str | None = None  # name of the one that needs or offers it
    person_id: UUID | None = None  # whom the entry shows
    paused: bool = False  # whether that person is not to be asked at the moment


def _place(village: InstrumentedAttribute[Village]) -> LoaderOption:
    """The village of an entry, with its network. Documents name what they load: the index watches nothing else."""
    return joinedload(village).joinedload(Village.network)


async def organisations(session: AsyncSession, ids: Collection[UUID]) -> list[Document]:
    """Published ones, with their fields and their place."""
    wanted = (
        select(Organisation, Municipality.name)
        .join(Village, Village.id == Organisation.village_id)
        .join(Municipality, Municipality.id == Village.municipality_id)
        .where(Organisation.id.in_(ids), Organisation.publication == Publication.PUBLISHED)
        .options(selectinload(Organisation.fields), _place(Organisation.village), raiseload("*"))
    )
    return [
        Document(
            id=one.id,
            title=one.name,
            texts=[
                *((FIELD, one_field.name) for one_field in one.fields),
                *((TEXT, text) for text in (one.goals, one.strengths, one.potentials, *one.facilities) if text),
                *((TEXT, PURPOSE_WORDING[Purpose(purpose)][1]) for purpose in one.purposes),
            ],
            also=[
                (TEXT, _KINDS[one.kind]),
                *((TEXT, _BODIES[body]) for body in [one.public_body_kind] if body),
                (PLACE, one.village.name),
                (ASIDE, municipality),
            ],
            slug=one.slug,
            village=one.village.name,
            municipality=municipality,
            network=one.village.network_slug,
        )
        for one, municipality in (await session.execute(wanted)).unique()
    ]


async def help_entries(session: AsyncSession, ids: Collection[UUID]) -> list[Document]:
    """Open needs and offers of published organisations."""
    wanted = (
        select(HelpEntry, Municipality.name)
        .join(Organisation, Organisation.id == HelpEntry.organisation_id)
        .join(Village, Village.id == HelpEntry.village_id)
        .join(Municipality, Municipality.id == Village.municipality_id)
        .where(HelpEntry.id.in_(ids), HelpEntry.state == HelpState.OPEN)
        .where(Organisation.publication == Publication.PUBLISHED)
        .options(selectinload(HelpEntry.fields), joinedload(HelpEntry.organisation), _place(HelpEntry.village))
        .options(raiseload("*"))
    )
    return [
        Document(
            id=one.id,
            title=one.title,
            texts=[*((FIELD, one_field.name) for one_field in one.fields), (TEXT, one.description)],
            also=[
                (TEXT, _SIDES[one.side]),
                (TEXT, _HELP[one.kind]),
                (TEXT, one.organisation.name),
                (PLACE, one.village.name),
                (ASIDE, municipality),
            ],
            village=one.village.name,
            municipality=municipality,
            network=one.village.network_slug,
            organisation=one.organisation.name,
        )
        for one, municipality in (await session.execute(wanted)).unique()
    ]


async def villages(session: AsyncSession, ids: Collection[UUID]) -> list[Document]:
    """With the municipality that they belong to."""
    wanted = select(Village, Municipality.name).join(Municipality, Municipality.id == Village.municipality_id)
    return [
        Document(
            id=one.id,
            title=one.name,
            also=[(ASIDE, municipality), (ASIDE, "Ort Ortsteil Dorf")],
            slug=one.slug,
            municipality=municipality,
            network=one.network_slug,
        )
        for one, municipality in (await session.execute(wanted.where(Village.id.in_(ids)))).unique()
    ]


async def municipalities(session: AsyncSession, ids: Collection[UUID]) -> list[Document]:
    wanted = select(Municipality).where(Municipality.id.in_(ids))
    return [
        Document(id=one.id, title=one.name, also=[(ASIDE, "Gemeinde Stadt")], slug=one.slug)
        for one in await session.scalars(wanted)
    ]


async def networks(session: AsyncSession, ids: Collection[UUID]) -> list[Document]:
    """With what they say about themselves and aim at."""
    wanted = select(Network).where(Network.id.in_(ids)).options(selectinload(Network.goals), raiseload("*"))
    return [
        Document(
            id=one.id,
            title=one.name,
            texts=[(TEXT, text) for text in (one.description, one.programme, *(g.text for g in one.goals)) if text],
            also=[(ASIDE, "Netzwerk")],
            slug=one.slug,
            network=one.slug,
        )
        for one in await session.scalars(wanted)
    ]


async def volunteers(session: AsyncSession, ids: Collection[UUID]) -> list[Document]:
    """Those who agree to be contacted: names, fields, skills and places; never an address or a number."""
    wanted = (
        select(Volunteer)
        .where(Volunteer.id.in_(ids), has_given(Volunteer.person_id, ConsentPurpose.CONTACT))
        .options(joinedload(Volunteer.person), selectinload(Volunteer.fields), selectinload(Volunteer.area_rows))
        .options(raiseload("*"))
    )
    found = (await session.scalars(wanted)).unique().all()
    names = await _area_names(session, found)
    return [
        Document(
            id=one.id,
            title=one.person.name,
            texts=[
                *((FIELD, one_field.name) for one_field in one.fields),
                *((TEXT, text) for text in (*(SKILL_NAMES[skill] for skill in one.skills), *one.own_skills)),
            ],
            also=[(PLACE, names[area.id]) for area in one.areas if area.id in names],
            village=", ".join(sorted(names[area.id] for area in one.areas if area.id in names)) or None,
            person_id=one.person_id,
            paused=one.paused_at is not None,
        )
        for one in found
    ]


async def _area_names(session: AsyncSession, found: Iterable[Volunteer]) -> dict[UUID, str]:
    wanted: dict[AreaKind, set[UUID]] = {kind: set() for kind in AreaKind}
    for volunteer in found:
        for area in volunteer.areas:
            wanted[area.kind].add(area.id)
    names: dict[UUID, str] = {}
    for kind, ids in wanted.items():
        table = TABLE_OF[kind]
        if ids and kind is not AreaKind.DISTRICT:
            names |= {
                row.id: row.name for row in await session.execute(select(table.id, table.name).where(table.id.in_(ids)))
            }
    return names
