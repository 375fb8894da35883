"""What the pages about networks, villages and organisations show."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from shared.contracts.registry import OrganisationKind
from shared.distances import distance_km
from shared.errors import NotFound
from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from portal.fields_of_activity.names import FieldNames
from portal.meetings.queries import MeetingCard, upcoming_meetings
from portal.read_model.model import (
    Contact,
    FieldOfActivity,
    LeadMandate,
    Municipality,
    Network,
    Organisation,
    Village,
    Volunteer,
)
from portal.web.dates import today


@dataclass(frozen=True)
class FieldCount:
    """A field of activity and how many people want to help in it."""

    name: str
    count: int


@dataclass(frozen=True)
class Lead:
    """Who leads a village, since when, and until when (None: open)."""

    mandate_id: UUID
    organisation: "OrganisationCard"
    starts_on: date
    until: date | None


@dataclass(frozen=True)
class OrganisationCard:
    id: UUID
    slug: str
    name: str
    kind: str
    village_id: UUID
    legal_form: str
    goals: str
    strengths: str
    fields: list[str]
    support_kinds: list[str]
    areas: list[dict[str, Any]]
    founded: int | None
    website: str | None
    sequence: int
    has_contact: bool  # somebody who can be invited for it
    public_body_kind: str | None
    register_court: str
    register_number: str
    notice: dict[str, Any] | None
    purposes: list[str]
    potentials: str
    founded_on: date | None
    members: int | None
    facilities: list[str]
    languages: list[str]
    federations: list[UUID]
    confirmed_on: date | None

    @property
    def is_non_profit(self) -> bool:
        """Whether the tax office says so today; of a notice that is too old nothing is shown."""
        return self.notice is not None and date.fromisoformat(self.notice["good_until"]) >= today()


@dataclass
class VillageCard:
    """A village as the network's pages show it. `next_lead` has a mandate that begins later."""

    id: UUID
    slug: str
    name: str
    municipality_id: UUID
    lead: Lead | None = None
    next_lead: Lead | None = None
    organisations: list[OrganisationCard] = field(default_factory=list)
    volunteers: int = 0

    @property
    def lead_ids(self) -> set[UUID]:
        """The associations that lead the village now or next."""
        return {lead.organisation.id for lead in (self.lead, self.next_lead) if lead}

    @property
    def silent_leads(self) -> list[OrganisationCard]:
        """Those of them without a contact: nobody of theirs is invited."""
        leads = [lead.organisation for lead in (self.lead, self.next_lead) if lead]
        return [organisation for organisation in leads if not organisation.has_contact]

    @property
    def associations(self) -> list[OrganisationCard]:
        return [o for o in self.organisations if o.kind == OrganisationKind.ASSOCIATION]

    @property
    def others_than_the_lead(self) -> list[OrganisationCard]:
        """The associations that the lead works together with."""
        return [o for o in self.associations if self.lead is None or o.id != self.lead.organisation.id]

    @property
    def companies(self) -> list[OrganisationCard]:
        return [o for o in self.organisations if o.kind == OrganisationKind.COMPANY]

    @property
    def others(self) -> list[OrganisationCard]:
        """Village council, initiatives, federations."""
        return [o for o in self.organisations if o not in self.associations and o not in self.companies]


@dataclass
class NetworkPage:
    """Everything about one network. `fields` maps the slugs of fields of activity to their names."""

    id: UUID
    slug: str
    name: str
    programme: str
    description: str
    goals: list[dict[str, Any]]
    municipalities: list[str]
    municipality_ids: list[UUID]
    villages: list[VillageCard]
    meetings: list[MeetingCard]
    volunteers: int
    volunteer_fields: list[FieldCount]
    fields: FieldNames

    @property
    def with_lead(self) -> int:
        return sum(1 for village in self.villages if village.lead)

    @property
    def associations(self) -> int:
        return sum(len(village.associations) for village in self.villages)

    @property
    def companies(self) -> int:
        return sum(len(village.companies) for village in self.villages)

    @property
    def others(self) -> int:
        return sum(len(village.others) for village in self.villages)

    def village(self, slug: str) -> VillageCard:
        """A village by its slug. Raises `NotFound`."""
        for village in self.villages:
            if village.slug == slug:
                return village
        raise NotFound

    def village_of(self, village_id: UUID | None) -> VillageCard | None:
        """The village with this id, None if it is not of the network."""
        return next((village for village in self.villages if village.id == village_id), None)

    def village_of_text(self, village_id: str) -> VillageCard | None:
        """Like `village_of`, for what a form sent."""
        return next((village for village in self.villages if str(village.id) == village_id), None)

    def organisation(self, slug: str) -> tuple[VillageCard, OrganisationCard]:
        """An organisation by its slug, with its village. Raises `NotFound`."""
        for village in self.villages:
            for organisation in village.organisations:
                if organisation.slug == slug:
                    return village, organisation
        raise NotFound


@dataclass(frozen=True)
class NetworkCard:
    slug: str
    name: str
    programme: str
    municipalities: list[str]
    description: str
    villages: list[VillageCard]
    with_lead: int
    associations: int
    volunteers: int
    next_meeting: MeetingCard | None


async def network_cards(session: AsyncSession) -> list[NetworkCard]:
    """Every network, by name."""
    pages = [await network_page(session, slug) for slug in await network_slugs(session)]
    return [
        NetworkCard(
            slug=page.slug,
            name=page.name,
            programme=page.programme,
            municipalities=page.municipalities,
            description=page.description,
            villages=page.villages,
            with_lead=page.with_lead,
            associations=page.associations,
            volunteers=page.volunteers,
            next_meeting=page.meetings[0] if page.meetings else None,
        )
        for page in pages
    ]


async def network_slugs(session: AsyncSession) -> Sequence[str]:
    """The slugs of all networks, in the order of their names."""
    return list(await session.scalars(select(Network.slug).order_by(Network.name)))


async def network_page(session: AsyncSession, slug: str) -> NetworkPage:
    """One network with all that its pages show. Raises `NotFound`."""
    network = await session.scalar(select(Network).where(Network.slug == slug))
    if network is None:
        raise NotFound
    villages = await _villages(session, network.village_ids)
    ids = [village.id for village in villages]
    await _add_organisations(session, {village.id: village for village in villages})
    municipality_ids = sorted({village.municipality_id for village in villages})
    municipalities = select(Municipality.name).where(Municipality.municipality_id.in_(municipality_ids))
    fields = await fields_of_activity(session)
    volunteers, volunteer_fields = await _volunteers(session, [network.network_id, *ids, *municipality_ids], fields)
    for village in villages:
        village.volunteers = await _count_for(session, [village.id])
    return NetworkPage(
        id=network.network_id,
        slug=network.slug,
        name=network.name,
        programme=network.programme,
        description=network.description,
        goals=network.goals,
        municipalities=list(await session.scalars(municipalities.order_by(Municipality.name))),
        municipality_ids=municipality_ids,
        villages=villages,
        meetings=await upcoming_meetings(session, slug),
        volunteers=volunteers,
        volunteer_fields=volunteer_fields,
        fields=fields,
    )


async def fields_of_activity(session: AsyncSession) -> FieldNames:
    """Slug and name of every field of activity, in the district's order; without those that were merged."""
    rows = select(FieldOfActivity.slug, FieldOfActivity.name, FieldOfActivity.retired)
    rows = rows.where(FieldOfActivity.into_slug.is_(None)).order_by(FieldOfActivity.position, FieldOfActivity.name)
    found = (await session.execute(rows)).all()
    return FieldNames({slug: name for slug, name, _ in found}, (slug for slug, _, retired in found if retired))


async def _villages(session: AsyncSession, ids: list[UUID]) -> list[VillageCard]:
    query = select(Village).where(Village.village_id.in_(ids)).order_by(Village.name)
    return [VillageCard(v.village_id, v.slug, v.name, v.municipality_id) for v in await session.scalars(query)]


async def _add_organisations(session: AsyncSession, villages: dict[UUID, VillageCard]) -> None:
    shown = select(Organisation).where(Organisation.village_id.in_(villages), ~Organisation.hidden)
    cards: dict[UUID, OrganisationCard] = {}
    here = Contact.organisation_id.in_(shown.with_only_columns(Organisation.organisation_id))
    with_contact = set(await session.scalars(select(Contact.organisation_id).where(here, ~Contact.dismissed)))
    for row in await session.scalars(shown.order_by(func.lower(Organisation.name))):
        if row.village_id is None:
            continue
        card = _card(row, row.village_id, has_contact=row.organisation_id in with_contact)
        cards[row.organisation_id] = card
        villages[row.village_id].organisations.append(card)
    mandates = select(LeadMandate).where(
        LeadMandate.village_id.in_(villages), or_(LeadMandate.until.is_(None), LeadMandate.until >= today())
    )
    for mandate in await session.scalars(mandates.order_by(LeadMandate.starts_on)):
        if mandate.organisation_id not in cards or (mandate.until and mandate.until < mandate.starts_on):
            continue
        village = villages[mandate.village_id]
        lead = Lead(mandate.mandate_id, cards[mandate.organisation_id], mandate.starts_on, mandate.until)
        if mandate.starts_on <= today():
            village.lead = lead
        elif village.next_lead is None:
            village.next_lead = lead


def _card(row: Organisation, village_id: UUID, *, has_contact: bool) -> OrganisationCard:
    return OrganisationCard(
        id=row.organisation_id,
        slug=row.slug,
        name=row.name,
        kind=row.kind,
        village_id=village_id,
        legal_form=row.legal_form,
        goals=row.goals,
        strengths=row.strengths,
        fields=row.fields,
        support_kinds=row.support_kinds,
        areas=row.areas,
        founded=row.founded,
        website=row.website,
        sequence=row.sequence,
        has_contact=has_contact,
        public_body_kind=row.public_body_kind,
        register_court=row.register_court,
        register_number=row.register_number,
        notice=row.notice,
        purposes=row.purposes,
        potentials=row.potentials,
        founded_on=row.founded_on,
        members=row.members,
        facilities=row.facilities,
        languages=row.languages,
        federations=row.federations,
        confirmed_on=row.confirmed_on,
    )


async def _volunteers(
    session: AsyncSession, area_ids: list[UUID], fields: dict[str, str]
) -> tuple[int, list[FieldCount]]:
    """How many want to help in one of these areas, all in all and by field, the most wanted first."""
    here = or_(_helps_in(area_ids), Volunteer.everywhere)
    slug = func.unnest(Volunteer.fields).label("slug")
    chosen = select(slug).where(here).subquery()
    counts: Sequence[Row[str, int]] = (
        await session.execute(select(chosen.c.slug, func.count()).group_by(chosen.c.slug))
    ).all()
    by_field = [FieldCount(fields.get(row[0], row[0]), row[1]) for row in counts]
    total = await session.scalar(select(func.count()).select_from(Volunteer).where(here))
    return total or 0, sorted(by_field, key=lambda one: (-one.count, one.name))


async def _count_for(session: AsyncSession, area_ids: list[UUID]) -> int:
    count = select(func.count()).select_from(Volunteer).where(_helps_in(area_ids))
    return await session.scalar(count) or 0


def _helps_in(area_ids: list[UUID]) -> ColumnElement[bool]:
    """Named one of these areas, or comes so many kilometres as to reach a village among them."""
    home, here = aliased(Village), aliased(Village)
    around = func.unnest(Volunteer.around_villages, Volunteer.around_km).table_valued("village_id", "km")
    around = around.render_derived()
    reached = (
        select(here.village_id)
        .join_from(around, home, home.village_id == around.c.village_id)
        .join(here, here.village_id.in_(area_ids) & (distance_km(home, here) <= around.c.km))
    )
    return or_(Volunteer.area_ids.overlap(area_ids), reached.correlate(Volunteer).exists())
