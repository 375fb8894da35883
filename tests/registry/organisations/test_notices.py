"""How long a notice of the tax office holds."""

from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from registry.clock import today
from registry.organisations.notices import good_until
from shared.contracts.registry import NoticeKind, OrganisationRegistered


@pytest.mark.parametrize(
    ("kind", "issued_on", "until"),
    [
        (NoticeKind.EXEMPTION, date(2021, 3, 5), date(2026, 3, 5)),
        (NoticeKind.ASSESSMENT_ANNEX, date(2021, 3, 5), date(2026, 3, 5)),
        (NoticeKind.STATUTES, date(2021, 3, 5), date(2024, 3, 5)),
        (NoticeKind.EXEMPTION, date(2024, 2, 29), date(2029, 2, 28)),
    ],
)
def test_the_law_counts_to_the_day(kind: NoticeKind, issued_on: date, until: date) -> None:
    assert good_until(kind, issued_on) == until


def _notice(kind: str, until: date) -> dict[str, str]:
    """A notice that holds until about this day."""
    years = 3 if kind == "statutes" else 5
    return {"kind": kind, "issued_on": str(until - timedelta(days=round(years * 365.25)))}


async def test_lists_show_whose_notice_no_longer_holds(world: Any, outbox: Any) -> None:
    day = today()
    await world.enter("Frisch", notice=_notice("exemption", day + timedelta(days=900)))
    await world.enter("Bald", notice=_notice("assessment_annex", day + timedelta(days=40)))
    await world.enter("Alt", notice=_notice("exemption", day - timedelta(days=40)))
    await world.enter("Satzung", notice=_notice("statutes", day - timedelta(days=40)))
    await world.enter("Ohne")

    async def names(notice: str) -> list[str]:
        items = (await world.officer.get("/organisations", params={"notice": notice})).json()["items"]
        return [item["name"] for item in items]

    assert await names("stale") == ["Alt", "Satzung"]
    assert await names("soon") == ["Bald"]
    assert await names("none") == ["Ohne"]
    told = {event.data.name: event.data.notice for event in await outbox.of(OrganisationRegistered)}
    assert told["Ohne"] is None
    assert told["Alt"].good_until < day <= told["Bald"].good_until


async def test_the_database_counts_like_the_law(world: Any) -> None:
    """Of each day around the end of a term, 29 February among them, list and entry say the same."""
    for number, issued_on in enumerate(
        [date(2020, 2, 29), date(2020, 3, 1), *(today() - timedelta(days=1826 + n) for n in range(-3, 4))]
    ):
        entered = await world.enter(f"V{number}", notice={"kind": "exemption", "issued_on": str(issued_on)})
        stale = (await world.officer.get("/organisations", params={"notice": "stale", "slug": entered["slug"]})).json()
        assert bool(stale["items"]) == (date.fromisoformat(entered["notice"]["good_until"]) < today())


async def test_a_notice_lies_in_the_past_and_can_be_taken_back(world: Any, anybody: httpx2.AsyncClient) -> None:
    entered = await world.enter(notice={"kind": "exemption", "issued_on": "2024-05-02"})
    path = f"/organisations/{entered['id']}"
    future = {"kind": "exemption", "issued_on": str(today() + timedelta(days=1))}
    refused = await world.officer.patch(path, json={"notice": future})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "notice.issued_on")
    assert (await anybody.get(path)).json()["notice"]["good_until"] == "2029-05-02"
    gone = await world.officer.patch(path, json={"notice": None})
    assert gone.json()["notice"] is None
