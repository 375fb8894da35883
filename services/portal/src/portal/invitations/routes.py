"""/n/<network>/treffen/<meeting>/einladungen: whom the meeting addresses, how many these are, and who was invited."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.access.grants import Role
from shared.errors import Unavailable
from starlette.responses import Response

from portal.invitations.lists import lists_of
from portal.invitations.wording import STATES, describe, municipalities
from portal.meetings.planning import planned_network
from portal.meetings.restricted import find_meeting
from portal.minutes.access import PlannerView
from portal.networks.queries import NetworkPage, fields_of_activity
from portal.oversight.log import names_of
from portal.people.places import place_names
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import View

router = APIRouter(prefix="/n/{network}/treffen/{meeting_id}/einladungen")

SHOWN = 100
SHOWN_STATES = {"offen": "open", "zugesagt": "accepted", "abgesagt": "declined"}
NAMES = {"area_ids": "villages", "mailing_list_id": "mailing_list", "groups": "role"}
CHOSEN = ("role", "area", "area_ids", "fields", "organisation_ids", "mailing_list_id")


@router.get("")
async def show_audience(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """The groups with their numbers, and what can be done."""
    return await _audience(view, await planned_network(view, network), meeting_id)


@router.post("")
async def send_invitations(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Invite everybody who is not invited yet."""
    return await _do(view, network, meeting_id, "invitations", "eingeladen")


@router.post("/probe")
async def try_invitation(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """The mail to oneself."""
    return await _do(view, network, meeting_id, "invitation-trial", "probe")


@router.get("/gruppe")
async def show_group(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """The form for one more group."""
    page = await planned_network(view, network)
    return await _group_form(view, page, meeting_id, Form({"role": "volunteers", "area": "network"}))


@router.post("/gruppe")
async def add_group(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Address one more group; nobody is invited yet."""
    page = await planned_network(view, network)
    form = Form.sent(await view.request.form())
    present = await _ask(view, meeting_id, "audience")
    groups = [_chosen(group) for group in present["groups"]] + [_typed(form)]
    try:
        await _put(view, meeting_id, groups, present, form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        names = {f"groups.{len(groups) - 1}.{theirs}": ours for theirs, ours in NAMES.items()}
        return await _group_form(view, page, meeting_id, form.take(problem, NAMES | names), problem.status)
    return view.redirect(_address(network, meeting_id))


@router.post("/gruppe/{group_id}/entfernen")
async def remove_group(view: PlannerView, network: str, meeting_id: UUID, group_id: UUID) -> Response:
    """Address a group no more; whoever of it was invited stays invited."""
    page = await planned_network(view, network)
    form = Form.sent(await view.request.form())
    present = await _ask(view, meeting_id, "audience")
    left = [_chosen(group) for group in present["groups"] if group["id"] != str(group_id)]
    try:
        await _put(view, meeting_id, left, present, form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _audience(view, page, meeting_id, problem.detail, problem.status)
    return view.redirect(_address(network, meeting_id))


@router.get("/leute")
async def show_people(
    view: PlannerView, network: str, meeting_id: UUID, gruppe: UUID | None = None, ab: UUID | None = None
) -> Response:
    """Who belongs to the audience or a group, by name where the reader may know it."""
    page = await planned_network(view, network)
    wanted = {"group": gruppe, "after": ab}
    found = await _ask(view, meeting_id, "audience/people", limit=SHOWN, **_given(wanted))
    groups = await _groups(view, page, await _ask(view, meeting_id, "audience"))
    return view.render(
        "invitations/people.html",
        network=page,
        meeting=await find_meeting(view, page, meeting_id),
        group=next((one for one in groups if one.id == str(gruppe)), None),
        people=found["items"],
        next=found["next"],
        names=await _names(view, found["items"]),
        organisations=await _organisations(view, found["items"]),
    )


@router.get("/liste")
async def show_invited(
    view: PlannerView,
    network: str,
    meeting_id: UUID,
    stand: Annotated[str, Query(max_length=20, description="Shows one state alone")] = "",
    ab: UUID | None = None,
) -> Response:
    """Who was invited, when, and what they answered."""
    page = await planned_network(view, network)
    wanted = {"state": SHOWN_STATES.get(stand), "after": ab}
    found = await _ask(view, meeting_id, "invitations", limit=SHOWN, **_given(wanted))
    return view.render(
        "invitations/invited.html",
        network=page,
        meeting=await find_meeting(view, page, meeting_id),
        invited=found["items"],
        next=found["next"],
        stand=stand if stand in SHOWN_STATES else "",
        states=SHOWN_STATES,
        words=STATES,
        names=await _names(view, found["items"]),
        organisations=await _organisations(view, found["items"]),
    )


async def _do(view: View, network: str, meeting_id: UUID, what: str, said: str) -> Response:
    page = await planned_network(view, network)
    form = Form.sent(await view.request.form())
    path = f"/meetings/{meeting_id}/{what}"
    try:
        await view.services.events.send("POST", path, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _audience(view, page, meeting_id, problem.detail, problem.status)
    return view.redirect(with_message(_address(network, meeting_id), said))


async def _audience(
    view: View, page: NetworkPage, meeting_id: UUID, message: str | None = None, status: int = 200
) -> Response:
    audience = await _ask(view, meeting_id, "audience")
    return view.render(
        "invitations/audience.html",
        status,
        network=page,
        meeting=await find_meeting(view, page, meeting_id),
        audience=audience,
        groups=await _groups(view, page, audience),
        message=message,
    )


async def _groups(view: View, page: NetworkPage, audience: dict[str, Any]) -> list[Any]:
    lists = {one["id"]: one["name"] for one in await lists_of(view, page.slug)}
    return await describe(view, page, audience, lists)


async def _group_form(view: View, page: NetworkPage, meeting_id: UUID, form: Form, status: int = 200) -> Response:
    async with view.reading() as session:
        fields = await fields_of_activity(session)
    wide = view.holder.holds(Role.DISTRICT_OFFICER)
    return view.render(
        "invitations/group.html",
        status,
        network=page,
        meeting=await find_meeting(view, page, meeting_id),
        form=form,
        fields=fields.to_choose(form.texts("fields")),
        lists=[(one["id"], one["name"]) for one in await lists_of(view, page.slug)],
        municipalities=await municipalities(view) if wide else [],
        wide=wide,
    )


async def _names(view: View, people: list[dict[str, Any]]) -> dict[str, str]:
    """Of persons, as far as the reader may know them and the registry answers."""
    try:
        return await names_of(view, [one["person_id"] for one in people if one["person_id"]])
    except (Refused, Unavailable):
        return {}


async def _organisations(view: View, people: list[dict[str, Any]]) -> dict[str, str]:
    async with view.reading() as session:
        return await place_names(session, {one["organisation_id"] for one in people})


async def _ask(view: View, meeting_id: UUID, what: str, **params: Any) -> Any:
    return await view.services.events.get(f"/meetings/{meeting_id}/{what}", token=await view.token(), **params)


async def _put(view: View, meeting_id: UUID, groups: list[dict[str, Any]], present: dict[str, Any], key: str) -> None:
    body = {"groups": groups, "known": [group["id"] for group in present["groups"]]}
    token = await view.token()
    await view.services.events.send("PUT", f"/meetings/{meeting_id}/audience", body, token=token, key=key)


def _chosen(group: dict[str, Any]) -> dict[str, Any]:
    return {name: group[name] for name in CHOSEN}


def _typed(form: Form) -> dict[str, Any]:
    """The group of the form. What belongs to another role or place than the chosen one is left out."""
    role, area = form.text("role"), form.text("area") or "network"
    by_place = role != "mailing_list"
    speaks = role in ("leads", "contacts")
    return {
        "role": role,
        "area": area if by_place else "network",
        "area_ids": form.texts(area) if by_place and area in ("villages", "municipalities") else [],
        "fields": form.texts("fields") if speaks or role == "volunteers" else [],
        "organisation_ids": form.texts("organisation_ids") if speaks else [],
        "mailing_list_id": None if by_place else form.optional("mailing_list"),
    }


def _given(params: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in params.items() if value is not None}


def _address(network: str, meeting_id: UUID) -> str:
    return f"/n/{network}/treffen/{meeting_id}/einladungen"
