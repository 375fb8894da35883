"""Planning a meeting: what is stored, what is refused, and who sees a draft."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest


async def test_a_draft_is_planned_in_wall_clock_time(
    coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any]
) -> None:
    answer = await coordinator.post(
        "/meetings", json=plan | {"starts_at": "2031-07-02T18:00", "ends_at": "2031-07-02T20:00"}
    )
    assert answer.status_code == 201
    meeting = answer.json()
    assert answer.headers["location"] == f"meetings/{meeting['id']}"
    assert meeting["status"] == "draft"
    assert (meeting["starts_at"], meeting["ends_at"]) == ("2031-07-02T18:00:00+02:00", "2031-07-02T20:00:00+02:00")
    assert meeting["agenda"] == [
        {"position": 1, "title": "Begrüßung", "minutes": 10},
        {"position": 2, "title": "Dorffest", "minutes": None},
    ]
    assert (await coordinator.get(f"/meetings/{meeting['id']}")).json() == meeting


async def test_a_village_can_be_the_place(coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any]) -> None:
    body = plan | {"place": "", "village_id": str(registry.gossa)}
    meeting = (await coordinator.post("/meetings", json=body)).json()
    assert (meeting["place"], meeting["village_id"]) == ("Gossa", str(registry.gossa))


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"title": ""}, "title", "string_too_short"),
        ({"title": "   "}, "title", "string_too_short"),
        ({"title": "x" * 201}, "title", "string_too_long"),
        ({"title": "eins\nBcc: zwei"}, "title", "characters"),
        ({"title": "null\x00zeichen"}, "title", "characters"),
        ({"title": 7}, "title", "string_type"),
        ({"kind": "party"}, "kind", "enum"),
        ({"starts_at": None}, "starts_at", "time"),
        ({"starts_at": 1726054200}, "starts_at", "time"),
        ({"starts_at": "1726054200"}, "starts_at", "time"),
        ({"starts_at": "2031-07-02"}, "starts_at", "time"),
        ({"starts_at": "2031-02-30T10:00"}, "starts_at", "datetime_from_date_parsing"),
        ({"starts_at": "2031-03-30T02:30"}, "starts_at", "no_such_time"),
        ({"starts_at": "1031-03-30T02:30"}, "starts_at", "year_out_of_range"),
        ({"ends_at": "2031-07-02T17:00", "starts_at": "2031-07-02T18:00"}, "ends_at", "ends_before_start"),
        ({"ends_at": "2031-07-02T18:00", "starts_at": "2031-07-02T18:00"}, "ends_at", "ends_before_start"),
        ({"place": ""}, "place", "place_missing"),
        ({"online_link": "ftp://treffen.example"}, "online_link", "url"),
        ({"organisation_ids": [str(uuid4())]}, "organisation_ids", "unknown_organisation"),
        ({"capacity": 0}, "capacity", "greater_than_equal"),
        ({"visibility": "secret"}, "visibility", "enum"),
        ({"registration_from": "2026-03-29T02:30"}, "registration_from", "no_such_time"),
        (
            {"registration_from": "2024-01-02T08:00", "registration_until": "2024-01-02T08:00"},
            "registration_until",
            "registration_ends_first",
        ),
        ({"registration_until": "2098-01-02T08:00"}, "registration_until", "registration_too_long"),
        ({"village_id": "Gossa"}, "village_id", "uuid_parsing"),
        ({"village_id": str(uuid4())}, "village_id", "unknown_village"),
        ({"agenda": [{"title": "Kaffee", "minutes": 0}]}, "agenda.0.minutes", "greater_than_equal"),
        ({"agenda": [{"title": "Punkt"}] * 51}, "agenda", "too_long"),
        ({"agendas": []}, "agendas", "extra_forbidden"),
    ],
)
async def test_bad_input_is_refused_beside_its_field(
    coordinator: httpx2.AsyncClient,
    registry: Any,
    outbox: Any,
    plan: dict[str, Any],
    change: dict[str, Any],
    field: str,
    code: str,
) -> None:
    answer = await coordinator.post("/meetings", json=plan | change)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert errors[field]["code"] == code
    assert errors[field]["message"].endswith(".")
    assert (await coordinator.get("/meetings", params={"from": "2000-01-01"})).json()["items"] == []


async def test_markup_is_kept_as_typed(coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any]) -> None:
    meeting = (await coordinator.post("/meetings", json=plan | {"title": "<b>Fest</b>"})).json()
    assert meeting["title"] == "<b>Fest</b>"


async def test_an_unknown_network_is_refused(officer: httpx2.AsyncClient, plan: dict[str, Any]) -> None:
    answer = await officer.post("/meetings", json=plan)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_network")


async def test_only_planners_of_the_network_plan(
    anybody: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    resident: httpx2.AsyncClient,
    registry: Any,
    plan: dict[str, Any],
) -> None:
    assert (await anybody.post("/meetings", json=plan)).status_code == 401
    assert (await resident.post("/meetings", json=plan)).status_code == 403
    assert (await stranger.post("/meetings", json=plan)).status_code == 403


async def test_a_draft_is_seen_by_its_planners_alone(
    anybody: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    resident: httpx2.AsyncClient,
    officer: httpx2.AsyncClient,
    coordinator: httpx2.AsyncClient,
    registry: Any,
    plan: dict[str, Any],
) -> None:
    draft = (await coordinator.post("/meetings", json=plan)).json()
    address = f"/meetings/{draft['id']}"
    missing = (await anybody.get(f"/meetings/{uuid4()}")).json()
    for outsider in (anybody, stranger, resident):
        answer = await outsider.get(address)
        assert (answer.status_code, answer.json()) == (404, missing)
        assert (await outsider.get("/meetings")).json()["items"] == []
        assert (await outsider.get(f"{address}/calendar.ics")).status_code == 404
    for changer in (stranger,):
        assert (await changer.put(address, json={k: plan[k] for k in plan if k != "network"})).status_code == 404
        assert (await changer.post(f"{address}/publication")).status_code == 404
    for planner in (officer, coordinator):
        assert (await planner.get(address)).status_code == 200
        assert [item["id"] for item in (await planner.get("/meetings")).json()["items"]] == [draft["id"]]


async def test_a_repeated_command_plans_once(
    coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any]
) -> None:
    headers = {"Idempotency-Key": "plan-1"}
    first = await coordinator.post("/meetings", json=plan, headers=headers)
    second = await coordinator.post("/meetings", json=plan, headers=headers)
    assert first.json() == second.json()
    assert len((await coordinator.get("/meetings")).json()["items"]) == 1


async def test_the_list_is_paged_in_order_of_time(
    coordinator: httpx2.AsyncClient, anybody: httpx2.AsyncClient, published: Any
) -> None:
    times = [f"2031-07-{day:02}T18:00" for day in (5, 3, 3, 9, 1)]
    for time in times:
        await published(starts_at=time, ends_at=time.replace("18:00", "19:00"))
    await published(starts_at="2031-06-01T10:00", ends_at="2031-06-01T11:00")
    seen: list[str] = []
    query = {"network": "heidedoerfer", "from": "2031-07-01", "limit": "2"}
    page = (await anybody.get("/meetings", params=query)).raise_for_status().json()
    while True:
        seen += [item["starts_at"][:16] for item in page["items"]]
        if page["next"] is None:
            break
        page = (await anybody.get("/meetings", params=query | {"cursor": page["next"]})).raise_for_status().json()
    assert seen == sorted(times)
    assert (await anybody.get("/meetings", params={"network": "anderswo"})).json() == {"items": [], "next": None}


@pytest.mark.parametrize("cursor", ["x", "e30=", "WzEsMl0=", "WyIyMDI0LTAxLTAxIiwgIngiXQ==", "ä", "[]"])
async def test_a_cursor_of_somebody_elses_making_is_refused(anybody: httpx2.AsyncClient, cursor: str) -> None:
    answer = await anybody.get("/meetings", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")
