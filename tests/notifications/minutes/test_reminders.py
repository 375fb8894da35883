"""Mails after a meeting: a task is due, minutes are missing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifications.minutes.consumers import consumer
from shared.contracts.envelope import EventData, create_event
from shared.contracts.events import ActionItemFellDue, MinutesMissed
from shared.dates import day_of
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery

MET_AT = datetime(2024, 9, 11, 16, 30, tzinfo=UTC)


async def tell(world: Any, told: EventData, subject: UUID) -> None:
    event = create_event(told, subject=subject, sequence=1)
    for _ in range(2):  # delivered twice: one mail
        delivery = Delivery(told.exchange, event.routing_key, event.to_bytes())
        assert await Inbox(consumer, world.sessions).process([delivery]) == [DONE]


def bodies(mail: Any) -> list[str]:
    return [" ".join(mail.get_body((kind,)).get_content().split()) for kind in ("plain", "html")]


@pytest.mark.parametrize(
    ("number", "days", "subject", "words"),
    [
        (1, 0, "Heute fällig: Zelt bestellen", "heute fällig"),
        (1, 3, "Noch offen: Zelt bestellen", "ist noch offen"),
        (2, 7, "Noch offen: Zelt bestellen", "ist noch offen"),
    ],
)
async def test_whoever_is_responsible_is_reminded(
    world: Any, smtp_sink: Any, number: int, days: int, subject: str, words: str
) -> None:
    person = await world.describe_person("Kurt Helfer", "kurt@post.example")
    due = ActionItemFellDue(
        action_item_id=uuid4(),
        person_id=person,
        network="heidedoerfer",
        title="Zelt bestellen",
        due_on=day_of(datetime.now(UTC)) - timedelta(days=days),
        number=number,
        meeting_title="Netzwerktreffen",
        met_at=MET_AT,
    )
    await tell(world, due, uuid4())
    await world.send()
    [mail] = smtp_sink.messages
    assert str(mail["Subject"]) == subject
    for body in bodies(mail):
        assert words in body
        assert "Netzwerktreffen" in body
        assert "11. September 2024" in body
        assert "https://dorfnetz.example/n/heidedoerfer/aufgaben" in body


async def test_who_planned_is_told_that_minutes_are_missing(world: Any, smtp_sink: Any) -> None:
    person, meeting = await world.describe_person("Petra Amtmann", "petra@amt.example"), uuid4()
    missed = MinutesMissed(
        meeting_id=meeting, person_id=person, network="heidedoerfer", meeting_title="Netzwerktreffen", met_at=MET_AT
    )
    await tell(world, missed, meeting)
    await world.send()
    [mail] = smtp_sink.messages
    assert str(mail["Subject"]) == "Das Protokoll fehlt noch: Netzwerktreffen"
    for body in bodies(mail):
        assert f"https://dorfnetz.example/n/heidedoerfer/treffen/{meeting}/protokoll" in body
