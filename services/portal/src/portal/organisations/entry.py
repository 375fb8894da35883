"""The entry of an organisation, for those who keep it."""

from shared.errors import Forbidden

from portal.networks.queries import NetworkPage, OrganisationCard, VillageCard, network_page
from portal.web.view import View


async def kept_entry(view: View, network: str, slug: str) -> tuple[NetworkPage, VillageCard, OrganisationCard]:
    """The network, the village and the organisation. Raises `NotFound`, and `Forbidden` unless the reader keeps it."""
    page = await view.read(network_page, network)
    village, card = page.organisation(slug)
    if not view.may_keep(network, card.id, village.municipality_id):
        raise Forbidden
    return page, village, card
