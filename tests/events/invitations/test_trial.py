"""The trial of an invitation: to oneself, nothing else happens, and not too often."""

from typing import Any

import httpx2
from shared.contracts.events import InvitationTried


async def test_a_planner_gets_the_mail_alone(
    coordinator: httpx2.AsyncClient, registry: Any, drafted: Any, outbox: Any
) -> None:
    await registry.lead(registry.gossa)
    meeting = await drafted({"role": "leads"}, online_link="https://treffen.example/probe")
    assert (await coordinator.post(f"{meeting}/invitation-trial")).status_code == 202
    (told,) = await outbox.of(InvitationTried)
    assert str(told.data.meeting.meeting_id) == meeting.removeprefix("/meetings/")
    assert told.data.online_link == "https://treffen.example/probe"
    assert await outbox.types() == [InvitationTried.type]  # nobody else hears of it
    assert (await coordinator.get(meeting)).json()["counts"]["invited"] == 0


async def test_trials_are_limited_by_the_hour(coordinator: httpx2.AsyncClient, drafted: Any, outbox: Any) -> None:
    meeting = await drafted({"role": "leads"})
    answers = [(await coordinator.post(f"{meeting}/invitation-trial")).status_code for _ in range(11)]
    assert answers == [202] * 10 + [429]
    assert len(await outbox.of(InvitationTried)) == 10


async def test_a_cancelled_meeting_is_not_tried(coordinator: httpx2.AsyncClient, drafted: Any, outbox: Any) -> None:
    meeting = await drafted({"role": "leads"})
    (await coordinator.post(f"{meeting}/publication")).raise_for_status()
    (await coordinator.post(f"{meeting}/cancellation", json={})).raise_for_status()
    answer = await coordinator.post(f"{meeting}/invitation-trial")
    assert (answer.status_code, answer.json()["code"]) == (409, "meeting_cancelled")
    assert (await coordinator.post(f"{meeting}/invitations")).json()["code"] == "meeting_cancelled"
