"""Pages of networks, villages and organisations."""

from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import public
from shared.errors import NotFound, Unavailable
from starlette.responses import RedirectResponse, Response

from portal.contacts.directory import ContactPerson, contact_people
from portal.mutual_help.queries import open_help
from portal.networks import queries, structured
from portal.organisations.queries import address_of_merged, federations_of, members_of
from portal.territory.queries import address_of_village
from portal.web.services import Refused
from portal.web.view import PageView, View

router = APIRouter(dependencies=[Depends(public)])


@router.get("/")
async def show_networks(view: PageView) -> Response:
    """Every network of the district."""
    return view.render("networks/index.html", networks=await view.read(queries.network_cards))


@router.get("/n/{network}")
async def show_network(view: PageView, network: str) -> Response:
    """One network: villages, leads, associations, companies, goals, next dates, who helps."""
    page = await view.read(queries.network_page, network)
    published = await view.request.app.state.profiles.of(view, network)
    data = structured.network(page, view.settings)
    return view.render(
        "networks/network.html", network=page, data=data, helpers=published.volunteers, speakers=published.speakers
    )


@router.get("/n/{network}/orte/{village}")
async def show_village(view: PageView, network: str, village: str) -> Response:
    """One village of a network."""
    page = await view.read(queries.network_page, network)
    try:
        here = page.village(village)
    except NotFound:
        return await _elsewhere(view, village)
    meetings = [meeting for meeting in page.meetings if meeting.village_id in (here.id, None)]
    entries = await view.read(open_help, network)
    published = await view.request.app.state.profiles.of(view, network)
    return view.render(
        "networks/village.html",
        network=page,
        village=here,
        meetings=meetings,
        contacts=published,
        helpers=published.of_village(here.id),
        people=[(one, profile) for one in here.organisations for profile in published.of_organisation(one.id)],
        entries=[one for one in entries if here.id in (one.village_id, one.organisation.village_id)],
    )


async def _elsewhere(view: View, village: str) -> Response:
    """Where a village is that is not here under this name: for good (301) where it has another name now."""
    address = await view.read(address_of_village, village)
    if address is None:
        raise NotFound
    path, for_good = address
    return RedirectResponse(path, 301 if for_good else 302)


@router.get("/n/{network}/organisationen/{organisation}")
async def show_organisation(view: PageView, network: str, organisation: str) -> Response:
    """One association or company; those who keep its entry also see who speaks for it."""
    page = await view.read(queries.network_page, network)
    try:
        village, card = page.organisation(organisation)
    except NotFound:
        return await _merged(view, organisation)
    data = structured.organisation(page, village, card, view.settings)
    may_keep = view.may_keep(network, card.id, village.municipality_id)
    people = await _people(view, card.id) if may_keep else None
    former = await _people(view, card.id, ended=True) if may_keep else None
    entries = [one for one in await view.read(open_help, network) if one.organisation.id == card.id]
    async with view.reading() as session:
        federations = await federations_of(session, card.federations)
        members = await members_of(session, card.id)
    return view.render(
        "networks/organisation.html",
        network=page,
        village=village,
        organisation=card,
        data=data,
        published=(await view.request.app.state.profiles.of(view, network)).of_organisation(card.id),
        may_keep=may_keep,
        people=people,
        former=former or [],
        entries=entries,
        federations=federations,
        members=members,
    )


async def _merged(view: View, organisation: str) -> Response:
    """The page of the entry that stands for the one that was here."""
    path = await view.read(address_of_merged, organisation)
    if path is None:
        raise NotFound
    return RedirectResponse(path, 301)


async def _people(view: View, organisation_id: UUID, *, ended: bool = False) -> list[ContactPerson] | None:
    """None while the registry does not tell: the rest of the page is shown all the same."""
    try:
        return await contact_people(view, organisation_id, ended=ended)
    except (Refused, Unavailable):
        return None
