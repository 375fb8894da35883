"""News of meetings go to those who agreed, with a link to unsubscribe, and to nobody a moment after they withdrew."""

import asyncio
from email import policy
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifications.consents.consumers import consumer as consents
from notifications.sign_ups.consumers import consumer as sign_ups
from shared.contracts.envelope import create_event
from shared.contracts.events import MeetingPublished
from shared.contracts.notifications import NoticeDelivered
from shared.contracts.registry import ConsentGiven, ConsentPurpose, ConsentWithdrawn, SignUpReceived
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery

TOKEN = "x" * 43


class News:
    """Tells the consumers of these slices, as the broker would."""

    def __init__(self, world: Any, meeting_facts: Any) -> None:
        self.world, self.meeting_facts = world, meeting_facts

    async def tell(self, data: Any, subject: UUID, sequence: int = 1) -> None:
        event = create_event(data, subject=subject, sequence=sequence)
        consumer = sign_ups if isinstance(data, SignUpReceived) else consents
        delivery = Delivery(type(data).exchange, event.routing_key, event.to_bytes())
        assert await Inbox(consumer, self.world.sessions).process([delivery]) == [DONE]

    async def subscribe(
        self, person: UUID, consent: UUID | None = None, networks: list[str] | None = None, **facts: Any
    ) -> UUID:
        consent = consent or uuid4()
        given = ConsentGiven(
            consent_id=consent,
            person_id=person,
            purpose=facts.pop("purpose", ConsentPurpose.NEWSLETTER),
            networks=["heidedoerfer"] if networks is None else networks,
            everywhere=facts.pop("everywhere", False),
            unsubscribe_token=TOKEN,
        )
        await self.tell(given, consent, facts.pop("sequence", 1))
        return consent

    async def withdraw(self, person: UUID, consent: UUID, sequence: int = 2) -> None:
        data = ConsentWithdrawn(consent_id=consent, person_id=person, purpose=ConsentPurpose.NEWSLETTER)
        await self.tell(data, consent, sequence)

    async def publish(self, **changes: Any) -> Any:
        meeting = self.meeting_facts(**changes)
        await self.tell(MeetingPublished(meeting=meeting), meeting.meeting_id)
        return meeting

    async def mails(self, smtp_sink: Any) -> list[Any]:
        """What is sent once the time for invitations has passed."""
        await self.world.make_due()
        await self.world.send()
        return list(smtp_sink.messages)


@pytest.fixture
def news(world: Any, meeting_facts: Any) -> News:
    return News(world, meeting_facts)


async def test_who_agreed_gets_a_mail_with_a_way_out(news: News, world: Any, smtp_sink: Any) -> None:
    person = await world.describe_person("Hannelore Beispiel", "h.beispiel@verein.example")
    await world.describe_person("Otto Ohne", "otto@verein.example")
    await news.subscribe(person)
    meeting = await news.publish()
    await world.send()
    assert smtp_sink.messages == [], "it did not wait for the invitations"
    [mail] = await news.mails(smtp_sink)
    link = f"https://dorfnetz.example/newsletter/abbestellen/{TOKEN}"
    as_it_came = mail.as_bytes(policy=policy.default.clone(refold_source="none"))
    assert f"\nList-Unsubscribe: <{link}>\n".encode() in as_it_came
    assert b"\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in as_it_came
    assert "h.beispiel@verein.example" in str(mail["To"])
    body = mail.get_body(("plain",)).get_content()
    assert all(words in body for words in (meeting.title, meeting.place, link, str(meeting.meeting_id)))
    assert link in mail.get_body(("html",)).get_content()
    assert not [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert await world.told(NoticeDelivered) == [], "an event told of it"
    [notice] = await world.notices()
    assert TOKEN not in str(vars(notice))


@pytest.mark.parametrize(
    ("facts", "comes"),
    [
        ({"networks": ["fuhneaue"]}, False),
        ({"networks": []}, False),
        ({"networks": [], "everywhere": True}, True),
        ({"networks": ["fuhneaue", "heidedoerfer"]}, True),
        ({"purpose": ConsentPurpose.PHOTOS}, False),
    ],
)
async def test_it_comes_from_ones_own_networks(
    news: News, world: Any, smtp_sink: Any, facts: dict[str, Any], comes: bool
) -> None:
    await news.subscribe(await world.describe_person(), **facts)
    await news.publish()
    assert bool(await news.mails(smtp_sink)) is comes


async def test_a_date_of_somebody_elses_calendar_is_no_news(news: News, world: Any, smtp_sink: Any) -> None:
    await news.subscribe(await world.describe_person())
    await news.publish(taken_over_from="Gemeinde Muldestausee")
    assert await news.mails(smtp_sink) == []


async def test_who_is_invited_gets_the_invitation_alone(news: News, world: Any, smtp_sink: Any) -> None:
    person = await world.describe_person()
    contact = await world.identify(person)
    await news.subscribe(person)
    meeting = await news.publish()
    await world.invite(contact, meeting)
    mails = await news.mails(smtp_sink)
    assert [str(mail["Subject"]).partition(":")[0] for mail in mails] == ["Einladung"]
    assert len(await world.notices()) == 1


async def test_what_still_waits_is_thrown_away(news: News, world: Any, smtp_sink: Any) -> None:
    person = await world.describe_person()
    consent = await news.subscribe(person)
    await news.publish()
    assert len(await world.notices()) == 1
    await news.withdraw(person, consent)
    assert await world.notices() == []
    await news.publish()
    assert await news.mails(smtp_sink) == []


async def test_an_older_event_does_not_bring_a_consent_back(news: News, world: Any, smtp_sink: Any) -> None:
    person = await world.describe_person()
    consent = uuid4()
    await news.withdraw(person, consent)
    await news.subscribe(person, consent)
    await news.publish()
    assert await news.mails(smtp_sink) == []


async def test_giving_it_again_is_a_new_consent(news: News, world: Any, smtp_sink: Any) -> None:
    person = await world.describe_person()
    await news.withdraw(person, await news.subscribe(person))
    await news.subscribe(person)
    await news.publish()
    assert len(await news.mails(smtp_sink)) == 1


async def test_other_networks_than_before(news: News, world: Any, smtp_sink: Any) -> None:
    person = await world.describe_person()
    consent = await news.subscribe(person)
    await news.subscribe(person, consent, ["fuhneaue"], sequence=2)
    await news.publish()
    assert await news.mails(smtp_sink) == []


async def test_without_an_address_nothing_fails(news: News, world: Any, smtp_sink: Any) -> None:
    await news.subscribe(await world.describe_person(email=None))
    await news.publish()
    assert await news.mails(smtp_sink) == []
    assert await world.notices() == []


async def test_the_same_meeting_is_told_once(news: News, world: Any, smtp_sink: Any) -> None:
    await news.subscribe(await world.describe_person())
    meeting = await news.publish()
    await asyncio.gather(
        *(news.tell(MeetingPublished(meeting=meeting), meeting.meeting_id, sequence) for sequence in (2, 3))
    )
    assert len(await news.mails(smtp_sink)) == 1


@pytest.mark.parametrize(
    ("child", "words"),
    [(None, "wirklich Sie sich eingetragen haben"), ("Jonte Beispiel", "brauchen wir Ihre Einwilligung")],
)
async def test_a_sign_up_is_confirmed_by_mail(
    news: News, world: Any, smtp_sink: Any, meeting_facts: Any, child: str | None, words: str
) -> None:
    received = SignUpReceived(
        sign_up_id=uuid4(),
        name="Wiebke Beispiel",
        email="wiebke@beispiel.example",
        child=child,
        token=TOKEN,
        expires_at=meeting_facts().ends_at,
    )
    await news.tell(received, received.sign_up_id)
    await world.send()
    [mail] = smtp_sink.messages
    assert str(mail["To"]) == "wiebke@beispiel.example"
    link = f"https://dorfnetz.example/mitmachen/bestaetigen/{TOKEN}"
    for kind in ("plain", "html"):
        body = " ".join(mail.get_body((kind,)).get_content().split())
        assert words in body
        assert link in body
    assert "List-Unsubscribe" not in mail
    [notice] = await world.notices()
    assert (notice.content, notice.address) == (None, None), "the secret was kept"
