"""/n/<network>/mitmachen: signing up to help."""

from typing import Any

from fastapi import APIRouter, Depends
from shared.access.dependencies import public
from shared.contracts.registry import AreaKind
from shared.errors import Unavailable
from shared.i18n import N_
from starlette.responses import Response

from portal.networks.queries import NetworkPage, network_page
from portal.web.forms import Form
from portal.web.services import Refused, problem_of
from portal.web.view import PageView, View

router = APIRouter(prefix="/n/{network}/mitmachen", dependencies=[Depends(public)])

WHOLE_NETWORK = "network"
CONSENT_MISSING = N_("We need your consent, or we may not write to you.")
NAMES = {"fields": "fields", "areas": "areas", "consent": "consent"}


@router.get("")
async def show_sign_up(view: PageView, network: str) -> Response:
    """The form; after it was sent, thanks."""
    page = await view.read(network_page, network)
    if "danke" in view.request.query_params:
        return view.render("volunteers/thanks.html", network=page)
    village = view.request.query_params.get("ort", "")
    chosen = [str(one.id) for one in page.villages if one.slug == village]
    return await _page(view, page, Form(values={"areas": chosen}))


@router.post("")
async def sign_up(view: PageView, network: str) -> Response:
    """Hand the sign-up to the registry; the answer never says whether the person was known."""
    page = await view.read(network_page, network)
    form = Form.sent(await view.request.form())
    if not form.text("consent"):
        form.refuse("consent", view.translate.gettext(CONSENT_MISSING))
        form.message = view.translate.gettext(N_("Please check the marked fields. Nothing was saved."))
        return await _page(view, page, form, status=422)
    try:
        await view.services.registry.send("POST", "/volunteers", _body(form, page), key=form.key)
    except (Refused, Unavailable) as error:
        if isinstance(error, Refused) and error.problem.code == "outdated_consent":
            view.request.app.state.consent_texts.forget()
        return await _page(view, page, form.take(problem_of(error, view.translate), NAMES), status=422)
    return view.redirect(f"/n/{network}/mitmachen?danke=1")


def _body(form: Form, page: NetworkPage) -> dict[str, Any]:
    areas = [_area(value, page) for value in form.texts("areas")]
    return {
        "name": form.text("name"),
        "email": form.optional("email"),
        "phone": form.optional("phone"),
        "fields": form.texts("fields"),
        "areas": areas,
        "consent": {"given": True, "text_version": form.text("consent")},
    }


def _area(value: str, page: NetworkPage) -> dict[str, str]:
    if value == WHOLE_NETWORK:
        return {"kind": AreaKind.NETWORK, "id": str(page.id)}
    return {"kind": AreaKind.VILLAGE, "id": value}


async def _page(view: View, page: NetworkPage, form: Form, status: int = 200) -> Response:
    consent = await view.request.app.state.consent_texts.get(view.services.registry)
    return view.render("volunteers/form.html", status, network=page, form=form, consent=consent)
