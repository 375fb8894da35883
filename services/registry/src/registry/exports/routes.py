"""Lists as files for Excel: what the list of the same name shows to the caller, with its filters.

`format` is `xlsx`, `csv`, or `mail_merge` for lists of people: one row a letter, with a salutation.
"""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.contracts.registry import ConsentPurpose, Daytime, HelpKind, HelpState, OrganisationKind, Skill
from shared.inputs import Day, Line
from shared.sheets.files import FILES, Format, LetterFormat, answer
from shared.web import DbSession, TransactionalRoute

from registry.clock import today
from registry.exports import directory, people
from registry.inputs import SlugFilter
from registry.mutual_help import queries as mutual_help
from registry.mutual_help.model import Side
from registry.organisations import queries as organisations
from registry.organisations.model import Publication
from registry.people.queries import ContactFilter
from registry.volunteers import queries as volunteers
from registry.volunteers.model import Standing
from registry.volunteers.routes import WeekdayFilter

router = APIRouter(route_class=TransactionalRoute, tags=["Exports"], prefix="/exports")

STAFF = (Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)
Staff = Annotated[Access, Depends(allow(*STAFF))]
Wanted = Annotated[Format, Query(alias="format")]
Letters = Annotated[LetterFormat, Query(alias="format")]


@router.get("/organisations", response_class=Response, responses=FILES)
async def export_organisations(
    session: DbSession,
    access: Staff,
    form: Wanted = Format.XLSX,
    publication: Publication | Literal["any"] = Publication.PUBLISHED,
    kind: OrganisationKind | None = None,
    village_id: UUID | None = None,
    municipality_id: UUID | None = None,
    network: SlugFilter = None,
    field: SlugFilter = None,
    text: Line | None = None,
    notice: organisations.NoticeFilter | None = None,
    federation: UUID | None = None,
) -> Response:
    """The organisations of the caller's scope, with the columns of their import."""
    shown = None if publication == "any" else publication
    wanted = organisations.Filter(
        shown, kind, village_id, municipality_id, network, field, None, text or None, notice, federation
    )
    return await answer(await directory.sheet_of_organisations(session, access, wanted), form)


@router.get("/contacts", response_class=Response, responses=FILES)
async def export_contacts(
    session: DbSession,
    access: Staff,
    form: Letters = LetterFormat.XLSX,
    organisation_id: UUID | None = None,
    person_id: UUID | None = None,
    ended: bool = False,
    name: Line | None = None,
) -> Response:
    """The contact persons of the caller's scope."""
    wanted = ContactFilter(organisation_id, person_id, ended=ended, name=name or None)
    letters = form is LetterFormat.MAIL_MERGE
    return await answer(await people.sheet_of_contacts(session, access, wanted, letters=letters), form)


@router.get("/volunteers", response_class=Response, responses=FILES)
async def export_volunteers(
    session: DbSession,
    access: Staff,
    form: Letters = LetterFormat.XLSX,
    field: SlugFilter = None,
    area_id: UUID | None = None,
    weekday: WeekdayFilter = None,
    daytime: Daytime | None = None,
    skill: Skill | None = None,
    standing: Literal[Standing.ACTIVE, Standing.PAUSED] | None = None,
    consent: ConsentPurpose | None = None,
) -> Response:
    """The volunteers of the caller's scope who agree to be contacted; letters go to nobody who pauses."""
    wanted = volunteers.Filter(field, area_id, weekday, daytime, skill, standing, consent)
    letters = form is LetterFormat.MAIL_MERGE
    return await answer(await people.sheet_of_volunteers(session, access, wanted, letters=letters), form)


@router.get("/consents", response_class=Response, responses=FILES)
async def export_consents(
    session: DbSession, access: Staff, form: Wanted = Format.XLSX, purpose: ConsentPurpose | None = None
) -> Response:
    """What the people in the caller's lists agree to now, as who gets the newsletter."""
    return await answer(await people.sheet_of_consents(session, access, purpose), form)


@router.get("/lead-mandates", response_class=Response, responses=FILES)
async def export_leads(
    session: DbSession,
    _access: Staff,
    form: Wanted = Format.XLSX,
    village_id: UUID | None = None,
    organisation_id: UUID | None = None,
    network: SlugFilter = None,
    on: Day | None = None,
) -> Response:
    """Lead mandates by their first day: past, present and future ones unless `on` names a day."""
    wanted = directory.LeadFilter(village_id, organisation_id, network, on)
    return await answer(await directory.sheet_of_leads(session, wanted), form)


@router.get("/help-entries", response_class=Response, responses=FILES)
async def export_help_entries(
    session: DbSession,
    access: Staff,
    form: Wanted = Format.XLSX,
    side: Side | None = None,
    state: HelpState = HelpState.OPEN,
    kind: HelpKind | None = None,
    organisation_id: UUID | None = None,
    village_id: UUID | None = None,
    network: SlugFilter = None,
    field: SlugFilter = None,
) -> Response:
    """Needs and offers of the organisations in the caller's scope, by title."""
    wanted = mutual_help.Filter(side, state, kind, organisation_id, village_id, network, field)
    return await answer(await directory.sheet_of_help(session, access, wanted), form)


@router.get("/villages", response_class=Response, responses=FILES)
async def export_villages(
    session: DbSession,
    _access: Staff,
    form: Wanted = Format.XLSX,
    network: SlugFilter = None,
    municipality_id: UUID | None = None,
    text: Line | None = None,
    on: Day | None = None,
) -> Response:
    """Villages by name, as they belonged on a day, today unless given. `text` is in their name or their seat's."""
    wanted = directory.VillageFilter(network, municipality_id, (text or "").strip().casefold())
    return await answer(await directory.sheet_of_villages(session, wanted, on or today()), form)


@router.get("/municipalities", response_class=Response, responses=FILES)
async def export_municipalities(
    session: DbSession, _access: Staff, form: Wanted = Format.XLSX, dissolved: bool = False
) -> Response:
    """Municipalities by name."""
    return await answer(await directory.sheet_of_municipalities(session, dissolved=dissolved), form)


@router.get("/fields-of-activity", response_class=Response, responses=FILES)
async def export_fields(session: DbSession, _access: Staff, form: Wanted = Format.XLSX) -> Response:
    """The district's fields of activity in their order."""
    return await answer(await directory.sheet_of_fields(session), form)
