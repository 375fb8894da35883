"""/n/<network>/mitmachen: signing up to help. /mitmachen/bestaetigen/<token>: confirming it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from shared.access.dependencies import public
from shared.contracts.registry import AreaKind
from shared.errors import NotFound, Unavailable
from shared.i18n import N_, Translator
from starlette.responses import Response

from portal.answers.routes import HEADERS
from portal.consents.own import Purpose
from portal.consents.words import PURPOSES
from portal.networks.queries import NetworkPage, network_page
from portal.volunteers.details import RADII, WORDS, details_of, have_coordinates
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Problem, Refused, problem_of
from portal.web.view import PageView, View

router = APIRouter(dependencies=[Depends(public)])

Token = Annotated[str, Path(min_length=1, max_length=100)]

WHOLE_NETWORK = "network"
YOUNGER, OLDER = "younger", "older"
CONSENT_MISSING = N_("We need your consent, or we may not write to you.")
AGE_MISSING = N_("Please choose one of the two.")
MISSING = N_("Please fill this in.")
AROUND = N_("Yes, up to {km} kilometres")
CHECK_FIELDS = N_("Please check the marked fields. Nothing was saved.")
NAMES = {
    "minor.birth_date": "birth_date",
    "minor.guardian_name": "guardian_name",
    "minor.guardian_email": "guardian_email",
    "text_version": "consents",
}
OPTIONAL = ("times", "hours_per_month", "available_from", "available_until", "skills", "own_skills", "languages")
"""What stands in the folded part of the form."""


@router.get("/n/{network}/mitmachen")
async def show_sign_up(view: PageView, network: str) -> Response:
    """The form; after it was sent, thanks and what happens next."""
    page = await view.read(network_page, network)
    if (sent := view.request.query_params.get("danke")) is not None:
        return view.render("volunteers/thanks.html", network=page, sent=sent)
    village = view.request.query_params.get("ort", "")
    chosen = [str(one.id) for one in page.villages if one.slug == village]
    return await _page(view, page, Form(values={"areas": chosen}))


@router.post("/n/{network}/mitmachen")
async def sign_up(view: PageView, network: str) -> Response:
    """Hand the sign-up to the registry; the answer never says whether the person was known."""
    page = await view.read(network_page, network)
    form = Form.sent(await view.request.form())
    if _refuse_gaps(form, view.translate):
        return await _page(view, page, form, status=422)
    try:
        await view.services.registry.send("POST", "/sign-ups", _body(form, page), key=form.key)
    except (Refused, Unavailable) as error:
        if isinstance(error, Refused) and error.problem.code == "outdated_consent":
            view.request.app.state.consent_texts.forget()
        return await _refused(view, page, form, problem_of(error, view.translate))
    who = "sorgeberechtigt" if form.text("age") == YOUNGER else "mail" if form.text("email") else "anruf"
    return view.redirect(f"/n/{network}/mitmachen?danke={who}")


@router.get("/mitmachen/bestaetigen/{token}")
async def show_confirmation(view: PageView, token: Token) -> Response:
    """What was typed and the words to agree to, with one button. Reading the page confirms nothing."""
    if token == "fertig":  # noqa: S105 - the page after the button, no secret
        return _secret(view.render("volunteers/confirmed.html"))
    try:
        found = await _ask_by_token(view, "/sign-ups/by-token", "confirmation-token", token)
    except (Refused, NotFound):
        return await _page_for_guardian(view, token)
    return _secret(view.render("volunteers/confirm.html", sign_up=found, purposes=PURPOSES))


@router.post("/mitmachen/bestaetigen/{token}")
async def confirm(view: PageView, token: Token) -> Response:
    """Confirm; a link works once."""
    try:
        await view.services.registry.send("POST", "/sign-ups/confirmation", {"token": token})
    except (Refused, NotFound):
        return _secret(view.render("volunteers/confirm.html", 404, sign_up=None))
    return _secret(view.redirect("/mitmachen/bestaetigen/fertig"))


@router.post("/mitmachen/bestaetigen/{token}/{purpose}")
async def withdraw_for_child(view: PageView, token: Token, purpose: Purpose) -> Response:
    """A guardian takes back what they agreed to, by the link with which they did."""
    body = {"token": token, "purpose": purpose}
    try:
        await view.services.registry.send("POST", "/guardian-consents/withdrawal", body)
    except (Refused, NotFound):
        return _secret(view.render("volunteers/confirm.html", 404, sign_up=None))
    return _secret(view.redirect(with_message(f"/mitmachen/bestaetigen/{token}", "widerrufen")))


async def _page_for_guardian(view: View, token: str) -> Response:
    """The link has confirmed a sign-up. That of a guardian still withdraws; any other has done its work."""
    try:
        found = await _ask_by_token(view, "/guardian-consents", "guardian-token", token)
    except (Refused, NotFound):
        return _secret(view.render("volunteers/confirm.html", 404, sign_up=None))
    return _secret(view.render("volunteers/guardian.html", child=found, token=token, purposes=PURPOSES))


async def _ask_by_token(view: View, path: str, header: str, token: str) -> Any:
    sent = token if token.isascii() and token.isprintable() else "-"
    return await view.services.registry.send("GET", path, headers={header: sent})


def _refuse_gaps(form: Form, translate: Translator) -> bool:
    """All gaps at once, also those that the registry does not know of: nobody has to send the form twice for them."""
    for name in ("fields", "areas", "name"):
        if not form.texts(name):
            form.refuse(name, translate.gettext(MISSING))
    if form.text("age") not in (YOUNGER, OLDER):
        form.refuse("age", translate.gettext(AGE_MISSING))
    if not any(text.startswith("contact:") for text in form.texts("consents")):
        form.refuse("consents", translate.gettext(CONSENT_MISSING))
    if form.errors:
        form.message = translate.gettext(CHECK_FIELDS)
    return bool(form.errors)


def _secret(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


def _body(form: Form, page: NetworkPage) -> dict[str, Any]:
    consents = [text.partition(":") for text in form.texts("consents")]
    body: dict[str, Any] = {
        "name": form.text("name"),
        "email": form.optional("email"),
        "phone": form.optional("phone"),
        "fields": form.texts("fields"),
        "areas": [_area(value, page, form.number("radius")) for value in form.texts("areas")],
        **_details(form),
        "consents": [{"purpose": purpose, "text_version": version} for purpose, _, version in consents],
    }
    if form.text("age") == YOUNGER:
        names = ("birth_date", "guardian_name", "guardian_email")
        body["minor"] = {name: form.text(name) for name in names}
    return body


def _details(form: Form) -> dict[str, Any]:
    """What somebody has added; who leaves it out may have said it before."""
    return {name: value for name, value in details_of(form).items() if value}


def _area(value: str, page: NetworkPage, km: int | str | None) -> dict[str, Any]:
    if value == WHOLE_NETWORK:
        return {"kind": AreaKind.NETWORK, "id": str(page.id)}
    return {"kind": AreaKind.VILLAGE, "id": value, "km": km}


async def _refused(view: View, page: NetworkPage, form: Form, problem: Problem) -> Response:
    response = await _page(view, page, form.take(problem, NAMES), status=problem.status)
    response.headers.update(problem.headers)
    return response


async def _page(view: View, page: NetworkPage, form: Form, status: int = 200) -> Response:
    texts = await view.request.app.state.consent_texts.get(view.services.registry)
    async with view.reading() as session:
        located = await have_coordinates(session, [village.id for village in page.villages])
    return view.render(
        "volunteers/form.html",
        status,
        network=page,
        form=form,
        texts=texts,
        purposes=PURPOSES,
        words=WORDS,
        radii=[(km, view.translate.gettext(AROUND).format(km=km)) for km in RADII],
        located=located,
        more=any(form.text(name) or name in form.errors for name in OPTIONAL),
    )
