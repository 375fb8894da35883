"""Making an association the lead association of its village."""

from uuid import UUID

from fastapi import APIRouter
from shared.contracts.registry import OrganisationKind
from shared.errors import Forbidden, Unavailable
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from portal.networks.queries import NetworkPage, VillageCard, network_page
from portal.read_model.model import LeadMandate
from portal.web.dates import today
from portal.web.forms import Form
from portal.web.messages import PENDING, with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View
from portal.web.visibility import is_visible

router = APIRouter(prefix="/n/{network}/orte/{village}")


@router.get("/federfuehrung")
async def show_lead_form(view: StaffView, network: str, village: str) -> Response:
    """Which association, from which day."""
    page, here = await _led_village(view, network, village)
    chosen = view.request.query_params.get("verein", "")
    values = {"organisation_id": chosen, "starts_on": today().isoformat()}
    return _page(view, page, here, Form(values=values))


@router.post("/federfuehrung")
async def make_lead(view: StaffView, network: str, village: str) -> Response:
    """Grant the mandate; the present lead's, which the form shows, ends on the day before."""
    page, here = await _led_village(view, network, village)
    form = Form.sent(await view.request.form())
    body = {
        "village_id": str(here.id),
        "organisation_id": form.text("organisation_id"),
        "starts_on": form.text("starts_on"),
        "replaces": form.optional("replaces"),
    }
    try:
        mandate = await view.services.registry.send(
            "POST", "/lead-mandates", body, token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        return _page(view, page, here, form.take(problem_of(error, view.translate)), status=422)
    mandate_id = UUID(mandate["id"])

    async def is_there(session: AsyncSession) -> bool:
        return await session.get(LeadMandate, mandate_id) is not None

    shown = await is_visible(view, is_there)
    return view.redirect(with_message(f"/n/{network}/orte/{village}", "federfuehrung" if shown else PENDING))


async def _led_village(view: View, network: str, slug: str) -> tuple[NetworkPage, VillageCard]:
    page = await view.read(network_page, network)
    village = page.village(slug)
    if not view.may_enter(network, village.municipality_id):
        raise Forbidden
    return page, village


def _page(view: View, page: NetworkPage, village: VillageCard, form: Form, status: int = 200) -> Response:
    associations = [one for one in village.organisations if one.kind == OrganisationKind.ASSOCIATION]
    return view.render(
        "lead_mandates/form.html", status, network=page, village=village, form=form, associations=associations
    )
