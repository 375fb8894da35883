"""/protokoll, /aufbewahrung, /verarbeitungen: for staff, each in their own scope."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from shared.retention.report import report
from starlette.responses import Response

from portal.oversight.log import names_of, read_log
from portal.oversight.register import read_register
from portal.oversight.wording import ACTIONS, PORTAL, SERVICES
from portal.retention import RULES
from portal.web.view import StaffView, View

router = APIRouter()

Service = Literal["registry", "events", "notifications"]
Day = Annotated[str, Query(max_length=10)]


@router.get("/protokoll")
async def show_log(
    view: StaffView,
    bereich: Service = "registry",
    art: Annotated[str, Query(max_length=100)] = "",
    wer: UUID | None = None,
    wessen: UUID | None = None,
    von: Day = "",
    bis: Day = "",
    vor: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    """Who saw or changed which personal data."""
    chosen = {"art": art if art in ACTIONS else "", "wer": wer, "wessen": wessen, "von": _day(von), "bis": _day(bis)}
    names = {"art": "action", "wer": "actor", "wessen": "person", "von": "since", "bis": "until"}
    filters = {names[name]: str(value) for name, value in chosen.items() if value}
    if vor is not None:
        filters["before"] = str(vor)
    log = await read_log(view, getattr(view.services, bereich), **filters)
    people = await names_of(view, [str(one) for one in (wer, wessen) if one])
    kept = {"bereich": bereich, **{name: str(value) for name, value in chosen.items() if value}}
    actions = sorted((view.translate.gettext(text), code) for code, text in ACTIONS.items())
    context: dict[str, Any] = {"services": SERVICES, "actions": actions, "people": people, "chosen": kept, "later": vor}
    return view.render("oversight/log.html", log=log, **context)


@router.get("/personen/{person_id}/protokoll")
async def show_log_of_person(view: StaffView, person_id: UUID) -> Response:
    """Who saw or changed the data of this person."""
    return view.redirect(f"/protokoll?wessen={person_id}")


@router.get("/aufbewahrung")
async def show_retention(view: StaffView) -> Response:
    """How long what is kept, what was deleted last, and what will be next."""
    parts, heads = [], {}
    for name, title in SERVICES.items():
        answer = await getattr(view.services, name).get("/retention", token=await view.token())
        parts.append((title, answer["items"]))
        heads[title] = answer["audit_head"]
    parts.append((PORTAL, await _own_rules(view)))
    return view.render("oversight/retention.html", parts=parts, heads=heads)


@router.get("/verarbeitungen")
async def show_register(view: StaffView) -> Response:
    """The register of processing activities (Art. 30 GDPR), to be printed."""
    return view.render("oversight/register.html", register=await read_register(view))


async def _own_rules(view: View) -> list[dict[str, Any]]:
    async with view.reading() as session:
        return [rule.model_dump(mode="json") for rule in await report(session, RULES)]


def _day(text: str) -> date | None:
    """What is no day is left out: a filter is no form to be corrected."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None
