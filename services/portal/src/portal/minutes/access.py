"""Who prepares a network's meetings and reads their minutes: its staff, and contacts of its lead associations."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from shared.access.grants import Role
from shared.errors import Forbidden, NotFound

from portal.networks.queries import NetworkPage, network_page
from portal.web.view import View, staff

_STAFF = (Role.DISTRICT_OFFICER, Role.NETWORK_COORDINATOR)
ReaderView = Annotated[View, Depends(staff(*_STAFF, Role.ASSOCIATION_CONTACT))]
PlannerView = Annotated[View, Depends(staff(*_STAFF))]


def may_read(view: View, page: NetworkPage) -> bool:
    """Whether the reader belongs to the network; the services decide it again."""
    if view.viewer is None:
        return False
    leads = {village.lead.organisation.id for village in page.villages if village.lead}
    return view.may_plan(page.slug) or any(
        view.viewer.holds(Role.ASSOCIATION_CONTACT, organisation=organisation) for organisation in leads
    )


def may_finish(view: View, network: str, organisation: str | None) -> bool:
    """Whether the reader may say how a task of this organisation went."""
    wanted = UUID(organisation) if organisation else None
    roles = (*_STAFF, Role.ASSOCIATION_CONTACT)
    return view.viewer is not None and view.viewer.holds(*roles, network=network, organisation=wanted)


async def read_network(view: View, network: str) -> NetworkPage:
    """The network. Raises `NotFound`, and `Forbidden` unless the reader belongs to it."""
    page = await view.read(network_page, network)
    if not may_read(view, page):
        raise Forbidden
    return page


async def planned_network(view: View, network: str) -> NetworkPage:
    """The network. Raises `NotFound`, and `Forbidden` unless the reader plans its meetings."""
    page = await view.read(network_page, network)
    if not view.may_plan(network):
        raise Forbidden
    return page


async def meeting_of(view: View, network: str, meeting_id: UUID) -> dict[str, Any]:
    """A meeting of the network as the service describes it. Raises `NotFound`."""
    meeting: dict[str, Any] = await view.services.events.get(f"/meetings/{meeting_id}", token=await view.token())
    if meeting["network"] != network:
        raise NotFound
    return meeting
