"""District, municipalities, villages, networks."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from shared.access.dependencies import allow, public
from shared.access.grants import Access, Role
from shared.inputs import Day
from shared.web import DbSession, TransactionalRoute

from registry.clock import today
from registry.inputs import SlugFilter
from registry.pages import After, Limit, Page
from registry.territory import handlers, queries, snapshot
from registry.territory.model import Network
from registry.territory.schemas import (
    DistrictAnswer,
    DistrictChanges,
    DistrictInput,
    DistrictsAnswer,
    GoalAnswer,
    MunicipalityAnswer,
    MunicipalityChanges,
    MunicipalityInput,
    NetworkAnswer,
    NetworkChanges,
    NetworkInput,
    TerritoryAnswer,
    VillageAnswer,
    VillageChanges,
    VillageInput,
)
from registry.versions import CHANGED_SINCE, NOT_MODIFIED, IfMatch, answer_with_etag

router = APIRouter(route_class=TransactionalRoute, tags=["Territory"])

DistrictStaff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER))]
On = Annotated[Day | None, Query(description="The day; today unless given")]
MunicipalityStaff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER))]
NetworkStaff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.NETWORK_COORDINATOR))]


@router.get("/territory", dependencies=[Depends(public)])
async def read_territory(session: DbSession, on: On = None) -> TerritoryAnswer:
    """Which village belonged to which municipality and network on a day, today unless given. Names are today's."""
    return await snapshot.territory_on(session, on or today())


@router.get("/districts", dependencies=[Depends(public)])
async def list_districts(session: DbSession) -> DistrictsAnswer:
    """The district of this deployment; an empty list before it is registered."""
    district = await queries.the_district(session)
    return DistrictsAnswer(items=[DistrictAnswer.model_validate(district)] if district else [])


@router.post("/districts", status_code=HTTPStatus.CREATED)
async def register_district(session: DbSession, _access: DistrictStaff, entered: DistrictInput) -> DistrictAnswer:
    """Register the district: once."""
    return DistrictAnswer.model_validate(await handlers.register_district(session, entered))


@router.patch("/districts/{district_id}", responses=CHANGED_SINCE)
async def change_district(
    session: DbSession, _access: DistrictStaff, district_id: UUID, changes: DistrictChanges, if_match: IfMatch = None
) -> DistrictAnswer:
    """Change the district."""
    return DistrictAnswer.model_validate(await handlers.change_district(session, district_id, changes, if_match))


@router.get("/municipalities", dependencies=[Depends(public)])
async def list_municipalities(
    session: DbSession, slug: SlugFilter = None, dissolved: bool = False, after: After = None, limit: Limit = 50
) -> Page[MunicipalityAnswer]:
    """The municipalities by name; with `dissolved` also those that were merged into another. Former slugs find, too."""
    rows, following = await queries.list_municipalities(session, slug, dissolved, after, limit)
    return Page(items=[MunicipalityAnswer.model_validate(row) for row in rows], next=following)


@router.get(
    "/municipalities/{municipality_id}",
    dependencies=[Depends(public)],
    response_model=MunicipalityAnswer,
    responses=NOT_MODIFIED,
)
async def read_municipality(session: DbSession, request: Request, municipality_id: UUID) -> Response:
    """One municipality."""
    found = await queries.municipality(session, municipality_id)
    return answer_with_etag(request, MunicipalityAnswer.model_validate(found), found.version)


@router.post("/municipalities", status_code=HTTPStatus.CREATED)
async def register_municipality(
    session: DbSession, _access: DistrictStaff, entered: MunicipalityInput
) -> MunicipalityAnswer:
    """Register a municipality of the district."""
    return MunicipalityAnswer.model_validate(await handlers.register_municipality(session, entered))


@router.patch("/municipalities/{municipality_id}", responses=CHANGED_SINCE)
async def change_municipality(
    session: DbSession,
    access: MunicipalityStaff,
    municipality_id: UUID,
    changes: MunicipalityChanges,
    if_match: IfMatch = None,
) -> MunicipalityAnswer:
    """Change a municipality. With another name it gets another slug; the former one still finds it."""
    changed = await handlers.change_municipality(session, access, municipality_id, changes, if_match)
    return MunicipalityAnswer.model_validate(changed)


@router.get("/villages", dependencies=[Depends(public)])
async def list_villages(
    session: DbSession,
    network: SlugFilter = None,
    municipality_id: UUID | None = None,
    slug: SlugFilter = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[VillageAnswer]:
    """Villages by name, of a network or a municipality where one is given."""
    rows, following = await queries.list_villages(session, network, municipality_id, slug, after, limit)
    return Page(items=[VillageAnswer.model_validate(row) for row in rows], next=following)


@router.get(
    "/villages/{village_id}", dependencies=[Depends(public)], response_model=VillageAnswer, responses=NOT_MODIFIED
)
async def read_village(session: DbSession, request: Request, village_id: UUID) -> Response:
    """One village."""
    found = await queries.village(session, village_id)
    return answer_with_etag(request, VillageAnswer.model_validate(found), found.version)


@router.post("/villages", status_code=HTTPStatus.CREATED)
async def register_village(session: DbSession, access: MunicipalityStaff, entered: VillageInput) -> VillageAnswer:
    """Register a village of a municipality."""
    return VillageAnswer.model_validate(await handlers.register_village(session, access, entered))


@router.patch("/villages/{village_id}", responses=CHANGED_SINCE)
async def change_village(
    session: DbSession,
    access: MunicipalityStaff,
    village_id: UUID,
    changes: VillageChanges,
    if_match: IfMatch = None,
) -> VillageAnswer:
    """Change a village. With another name it gets another slug; the former one still finds it."""
    return VillageAnswer.model_validate(await handlers.change_village(session, access, village_id, changes, if_match))


@router.get("/networks", dependencies=[Depends(public)])
async def list_networks(
    session: DbSession, slug: SlugFilter = None, after: After = None, limit: Limit = 50
) -> Page[NetworkAnswer]:
    """The networks by name."""
    rows, following = await queries.list_networks(session, slug, after, limit)
    return Page(items=await _shown(session, rows), next=following)


@router.get(
    "/networks/{network_id}", dependencies=[Depends(public)], response_model=NetworkAnswer, responses=NOT_MODIFIED
)
async def read_network(session: DbSession, request: Request, network_id: UUID) -> Response:
    """One network with its goals and the villages it covers."""
    found = await queries.network(session, network_id)
    return answer_with_etag(request, (await _shown(session, [found]))[0], found.version)


@router.post("/networks", status_code=HTTPStatus.CREATED)
async def found_network(session: DbSession, _access: DistrictStaff, entered: NetworkInput) -> NetworkAnswer:
    """Found a network that covers villages."""
    return (await _shown(session, [await handlers.found_network(session, entered)]))[0]


@router.patch("/networks/{network_id}", responses=CHANGED_SINCE)
async def change_network(
    session: DbSession, access: NetworkStaff, network_id: UUID, changes: NetworkChanges, if_match: IfMatch = None
) -> NetworkAnswer:
    """Change a network."""
    changed = await handlers.change_network(session, access, network_id, changes, if_match)
    return (await _shown(session, [changed]))[0]


async def _shown(session: DbSession, networks: Iterable[Network]) -> list[NetworkAnswer]:
    networks = list(networks)
    covered = await queries.village_ids_of(session, [network.id for network in networks])
    return [
        NetworkAnswer(
            id=network.id,
            slug=network.slug,
            name=network.name,
            programme=network.programme,
            description=network.description,
            goals=[GoalAnswer.model_validate(goal) for goal in network.goals],
            village_ids=covered[network.id],
        )
        for network in networks
    ]
