"""Action items: listed, changed, done by those who do them, reminded of, and needs that are taken on."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.action_items.consumers import consumer as needs
from events.action_items.model import MOST_REMINDERS, ActionItem
from events.action_items.reminders import remind_of_action_items, remind_of_minutes
from events.minutes.readers import today
from fastapi import FastAPI
from shared.contracts.envelope import create_event
from shared.contracts.events import ActionItemCompleted, ActionItemFellDue, MinutesMissed
from shared.contracts.registry import Area, AreaKind, HelpKind, HelpState, NeedFilled, NeedPublished, NeedWithdrawn
from shared.database import transaction
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery
from testkit.clients import Clients
from testkit.tokens import association_contact
from writing_minutes import Meeting, clock, submit, write

Body = dict[str, Any]


@pytest.fixture
async def meeting(published: Callable[..., Any], registry: Any) -> Meeting:
    """It ended yesterday."""
    held: Meeting = await published(starts_at=clock(-1.1), ends_at=clock(-1))
    return held


@pytest.fixture
async def item(coordinator: httpx2.AsyncClient, meeting: Meeting) -> str:
    """An item that was talked about: its id."""
    return await write(coordinator, meeting, "Dorffest", "Wir feiern.")


async def take(client: httpx2.AsyncClient, item: str, **body: Any) -> Body:
    task = {"title": "Zelt bestellen", "due_on": "2099-05-01"} | body
    answer = await client.post(f"/agenda-items/{item}/action-items", json=task)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_list_by_day_with_filters_and_pages(
    coordinator: httpx2.AsyncClient, meeting: Meeting, item: str
) -> None:
    organisation = str(uuid4())
    yesterday = (today() - timedelta(days=1)).isoformat()
    await take(coordinator, item, title="Später")
    await take(coordinator, item, title="Überfällig", due_on=yesterday)
    await take(
        coordinator, item, title="Vom Verein", due_on="2098-01-01", responsible={"organisation_id": organisation}
    )

    async def listed(**params: Any) -> list[str]:
        answer = await coordinator.get("/action-items", params={"network": meeting["network"], **params})
        return [each["title"] for each in answer.raise_for_status().json()["items"]]

    assert await listed() == ["Überfällig", "Vom Verein", "Später"]
    assert await listed(overdue=True) == ["Überfällig"]
    assert await listed(organisation_id=organisation) == ["Vom Verein"]
    assert await listed(state="done") == []
    first = (await coordinator.get("/action-items", params={"network": meeting["network"], "limit": 2})).json()
    assert await listed(cursor=first["next"]) == ["Später"]
    bad = await coordinator.get("/action-items", params={"network": meeting["network"], "cursor": "x"})
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_cursor")


async def test_two_who_change_an_item_do_not_overwrite_each_other(coordinator: httpx2.AsyncClient, item: str) -> None:
    task = await take(coordinator, item)
    change = {"title": "Zwei Zelte", "due_on": "2099-06-01", "version": task["version"]}
    assert (await coordinator.put(f"/action-items/{task['id']}", json=change)).json()["title"] == "Zwei Zelte"
    second = await coordinator.put(f"/action-items/{task['id']}", json=change | {"title": "Drei Zelte"})
    assert (second.status_code, second.json()["code"]) == (409, "changed_meanwhile")


async def test_whoever_does_it_says_that_it_is_done_and_nobody_else(
    coordinator: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    item: str,
    client_for: Clients,
    app: FastAPI,
    token_for: Callable[..., str],
    outbox: Any,
) -> None:
    doer, other = uuid4(), uuid4()
    task = await take(coordinator, item, responsible={"organisation_id": str(doer)})
    path = f"/action-items/{task['id']}"
    theirs = await client_for(app, token_for(association_contact(doer)))
    outsider = await client_for(app, token_for(association_contact(other)))
    for nobody in (stranger, outsider):
        assert (await nobody.get(path)).status_code == 404
        assert (await nobody.post(f"{path}/state", json={"state": "done"})).status_code == 404
    assert (await theirs.get(path)).status_code == 200
    for _ in range(2):
        assert (await theirs.post(f"{path}/state", json={"state": "done"})).json()["state"] == "done"
    (told,) = await outbox.of(ActionItemCompleted)
    assert (str(told.data.action_item_id), told.data.need_id) == (task["id"], None)
    change = {"title": "x", "due_on": "2099-06-01", "version": 2}
    assert (await coordinator.put(path, json=change)).json()["code"] == "action_item_closed"


@pytest.fixture
def remind(sessions: Any) -> Callable[..., Any]:
    """`await remind()`: the timers of two workers at once. `days` later first."""

    async def run(days: int = 0) -> None:
        async with transaction(sessions) as session:
            if days:
                earlier = sa.func.make_interval(0, 0, 0, days)
                await session.execute(
                    sa.update(ActionItem).values(
                        reminded_on=sa.cast(ActionItem.reminded_on - earlier, sa.Date), due_on=ActionItem.due_on
                    )
                )
        await asyncio.gather(remind_of_action_items(sessions), remind_of_action_items(sessions))

    return run


async def test_reminders_come_when_it_is_due_then_weekly_and_not_for_ever(
    coordinator: httpx2.AsyncClient, item: str, registry: Any, outbox: Any, remind: Callable[..., Any]
) -> None:
    organisation = uuid4()
    contacts = sorted([await registry.appoint(organisation), await registry.appoint(organisation)])
    await take(coordinator, item, title="Später")
    await take(coordinator, item, due_on=today().isoformat(), responsible={"organisation_id": str(organisation)})
    for _ in range(2):
        await remind()
    told = [event.data for event in await outbox.of(ActionItemFellDue)]
    assert sorted(data.contact_id for data in told if data.contact_id) == contacts
    assert {(data.title, data.number) for data in told} == {("Zelt bestellen", 1)}
    await remind(days=6)
    assert len(await outbox.of(ActionItemFellDue)) == 2
    for _ in range(MOST_REMINDERS + 2):
        await remind(days=7)
    numbers = [event.data.number for event in await outbox.of(ActionItemFellDue)]
    assert sorted(numbers) == sorted([*range(1, MOST_REMINDERS + 1)] * 2)


async def test_one_contact_alone_is_reminded_where_one_was_chosen_and_nobody_when_it_is_done(
    coordinator: httpx2.AsyncClient, item: str, registry: Any, outbox: Any, remind: Callable[..., Any]
) -> None:
    organisation = uuid4()
    chosen, _ = await registry.appoint(organisation), await registry.appoint(organisation)
    task = await take(coordinator, item, due_on=today().isoformat(), responsible={"contact_id": str(chosen)})
    await remind()
    assert [event.data.contact_id for event in await outbox.of(ActionItemFellDue)] == [chosen]
    await coordinator.post(f"/action-items/{task['id']}/state", json={"state": "dropped"})
    await remind(days=7)
    assert len(await outbox.of(ActionItemFellDue)) == 1


async def test_who_planned_is_reminded_once_of_minutes_that_are_missing(
    coordinator: httpx2.AsyncClient, published: Callable[..., Any], registry: Any, outbox: Any, sessions: Any
) -> None:
    missing = await published(title="Ohne Protokoll", starts_at=clock(-8.1), ends_at=clock(-8))
    written = await published(title="Mit Protokoll", starts_at=clock(-9.1), ends_at=clock(-9))
    await write(coordinator, written, "Dorffest", "Wir feiern.")
    await submit(coordinator, written)
    await published(title="Gestern", starts_at=clock(-1.1), ends_at=clock(-1))
    await published(title="Lange her", starts_at=clock(-90.1), ends_at=clock(-90))
    for _ in range(2):
        await asyncio.gather(remind_of_minutes(sessions), remind_of_minutes(sessions))
    (told,) = await outbox.of(MinutesMissed)
    assert (str(told.data.meeting_id), told.data.meeting_title) == (missing["id"], "Ohne Protokoll")


@pytest.fixture
def tell_need(sessions: Any) -> Callable[..., Any]:
    """`await tell_need(need_id, kind, sequence)`: an event of the registry about a need."""

    async def tell(need: UUID, told: type[Any], sequence: int, state: HelpState = HelpState.OPEN) -> None:
        data = NeedWithdrawn(entry_id=need) if told is NeedWithdrawn else told(
            entry_id=need, organisation_id=uuid4(), village_id=uuid4(), kind=HelpKind.PEOPLE, state=state,
            title="Vier Leute", area=Area(kind=AreaKind.VILLAGE, id=uuid4()),
        )  # fmt: skip
        event = create_event(data, subject=need, sequence=sequence)
        delivery = Delivery(told.exchange, event.routing_key, event.to_bytes())
        assert await Inbox(needs, sessions).process([delivery]) == [DONE]

    return tell


async def test_a_need_is_taken_on_once_and_its_end_is_told(
    coordinator: httpx2.AsyncClient, item: str, tell_need: Callable[..., Any], outbox: Any
) -> None:
    need = uuid4()
    body = {"title": "Vier Leute finden", "due_on": "2099-05-01", "need_id": str(need)}
    path = f"/agenda-items/{item}/action-items"
    unknown = await coordinator.post(path, json=body)
    assert (unknown.status_code, unknown.json()["code"]) == (409, "need_taken_on")
    assert unknown.json()["errors"][0]["field"] == "need_id"
    await tell_need(need, NeedPublished, 1)
    answers = await asyncio.gather(*(coordinator.post(path, json=body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    task = next(answer.json() for answer in answers if answer.status_code == 201)
    await coordinator.post(f"/action-items/{task['id']}/state", json={"state": "done"})
    (told,) = await outbox.of(ActionItemCompleted)
    assert told.data.need_id == need
    await tell_need(need, NeedFilled, 2, HelpState.DONE)
    again = await coordinator.post(f"/action-items/{task['id']}/state", json={"state": "open"})
    assert again.json()["code"] == "need_taken_on"


async def test_a_withdrawn_need_stays_withdrawn_whatever_comes_late(
    coordinator: httpx2.AsyncClient, item: str, tell_need: Callable[..., Any]
) -> None:
    need = uuid4()
    await tell_need(need, NeedWithdrawn, 3)
    await tell_need(need, NeedPublished, 2)
    body = {"title": "Vier Leute finden", "due_on": "2099-05-01", "need_id": str(need)}
    refused = await coordinator.post(f"/agenda-items/{item}/action-items", json=body)
    assert refused.json()["code"] == "need_taken_on"
