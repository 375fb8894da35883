"""The mail that asks whether an entry still holds."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from notifications.freshness.consumers import consumer
from shared.contracts.envelope import create_event
from shared.contracts.registry import ConfirmationRequested
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery

TOKEN = "z" * 43


@pytest.mark.parametrize("reminder", [False, True])
async def test_the_contact_gets_one_mail_with_the_link(
    world: Any, meeting_facts: Any, smtp_sink: Any, reminder: bool
) -> None:
    person = await world.describe_person("Erna Beispiel", "erna@verein.example")
    asked = ConfirmationRequested(
        organisation_id=uuid4(),
        person_id=person,
        organisation="Heimatverein\r\nBcc: alle@verein.example",
        village="Gossa",
        confirmed_on=date(2025, 3, 12) if reminder else None,
        reminder=reminder,
        token=TOKEN,
        expires_at=meeting_facts().ends_at,
    )
    event = create_event(asked, subject=uuid4(), sequence=1, network="heidedoerfer")
    for _ in range(2):  # delivered twice: one mail
        delivery = Delivery(asked.exchange, event.routing_key, event.to_bytes())
        assert await Inbox(consumer, world.sessions).process([delivery]) == [DONE]
    await world.send()
    [mail] = smtp_sink.messages
    assert str(mail["Subject"]).startswith("Bitte noch einmal: Stimmt" if reminder else "Stimmt der Eintrag von")
    assert mail["Bcc"] is None
    for kind in ("plain", "html"):
        body = " ".join(mail.get_body((kind,)).get_content().split())
        assert f"https://dorfnetz.example/eintrag/{TOKEN}" in body
        assert "Guten Tag Erna Beispiel" in body
        assert ("12. März 2025" in body) is reminder
        assert ("schon gefragt" in body) is reminder
    [notice] = await world.notices()
    assert notice.content is None, "the secret was kept"
