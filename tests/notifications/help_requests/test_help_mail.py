"""Mails about requests for help: who is asked gets a link, and nobody is named to anybody."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from notifications.help_requests.consumers import consumer
from shared.contracts.envelope import create_event
from shared.contracts.registry import HelpNews, HelpRequestTakenBack, HelpRequestTold
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery

TOKEN = "y" * 43


async def tell(world: Any, meeting_facts: Any, person: UUID, news: HelpNews | None, **changes: Any) -> None:
    """The news, or that the request is taken back."""
    facts = {
        "request_id": uuid4(),
        "person_id": person,
        "title": "Vier Leute für den Zeltaufbau",
        "organisation": "Dorfclub Gossa e. V.",
        "village": "Gossa",
        "expires_at": meeting_facts().ends_at,
    }
    told = HelpRequestTold(news=news, **facts, **changes) if news else HelpRequestTakenBack(**facts)
    event = create_event(told, subject=uuid4(), sequence=1)
    for _ in range(2):  # delivered twice: one mail
        delivery = Delivery(told.exchange, event.routing_key, event.to_bytes())
        assert await Inbox(consumer, world.sessions).process([delivery]) == [DONE]


@pytest.mark.parametrize(
    ("news", "facts", "subject", "words"),
    [
        (
            HelpNews.ASKED,
            {"token": TOKEN, "words": "Bitte!"},
            "Können Sie helfen?",
            ("Bitte!", "Nur wenn Sie Ja"),
        ),
        (HelpNews.ACCEPTED, {}, "Zusage:", ("Ihre Anfrage",)),
        (HelpNews.DECLINED, {}, "Absage:", ("leider abgesagt",)),
        (None, {}, "Zurückgenommen:", ("braucht diese Hilfe nicht mehr", "Sie müssen nichts tun")),
        (HelpNews.THANKED, {"words": "Es war schön."}, "Danke!", ("Es war schön.", "bedankt sich")),
    ],
)
async def test_each_news_has_its_words(
    world: Any,
    meeting_facts: Any,
    smtp_sink: Any,
    news: HelpNews | None,
    facts: Any,
    subject: str,
    words: tuple[str, ...],
) -> None:
    person = await world.describe_person("Kurt Helfer", "kurt@post.example")
    await tell(world, meeting_facts, person, news, **facts)
    await world.send()
    [mail] = smtp_sink.messages
    assert str(mail["Subject"]).startswith(subject)
    for kind in ("plain", "html"):
        body = " ".join(mail.get_body((kind,)).get_content().split())
        for word in words:
            assert word in body
        link = f"https://dorfnetz.example/antwort/hilfe/{TOKEN}"
        assert (link in body) is (news is HelpNews.ASKED)
    [notice] = await world.notices()
    assert notice.content is None, "the secret was kept"
