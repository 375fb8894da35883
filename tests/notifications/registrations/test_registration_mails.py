"""Mails about registrations: the link, the waiting list, a place that is free, and what the planner hears."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from shared.contracts.events import RegistrationState, RegistrationTold, RegistrationWithdrawn
from shared.dates import in_berlin

NAME, EMAIL = "Ottilie Specht", "ottilie@specht.example"


def told(state: RegistrationState, facts: Any, registration: UUID | None = None, **changes: Any) -> RegistrationTold:
    values = {"registration_id": registration or uuid4(), "name": NAME, "email": EMAIL, "people": 2} | changes
    return RegistrationTold(state=state, token="geheim-1", meeting=facts, **values)


def bodies(mail: Any) -> list[str]:
    return [" ".join(mail.get_body((kind,)).get_content().split()) for kind in ("plain", "html")]


@pytest.mark.parametrize(
    ("state", "subject", "words"),
    [
        (RegistrationState.UNCONFIRMED, "Bitte bestätigen Sie: ", "Ja, ich möchte kommen"),
        (RegistrationState.COMING, "Sie sind angemeldet: ", "Hier absagen"),
        (RegistrationState.WAITING, "Warteliste: ", "für 2 Personen auf der Warteliste"),
        (RegistrationState.OFFERED, "Ein Platz ist frei: ", "Ja, ich nehme den Platz"),
        (RegistrationState.LAPSED, "Der Platz ist weitergegeben: ", "noch einmal auf der Seite"),
        (RegistrationState.WITHDRAWN, "Ihre Abmeldung: ", "dass Sie nicht kommen"),
    ],
)
async def test_a_guest_gets_a_mail_for_each_state(
    world: Any, smtp_sink: Any, meeting_facts: Any, state: RegistrationState, subject: str, words: str
) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=5)
    ends = until if state in (RegistrationState.UNCONFIRMED, RegistrationState.OFFERED) else None
    data = told(state, meeting_facts(), until=ends)
    for _ in range(2):  # delivered twice: one mail
        await world.tell(data, subject=data.registration_id)
    await world.send()
    (mail,) = smtp_sink.messages
    assert (mail["To"], str(mail["Subject"]).strip().startswith(subject)) == (f"{NAME} <{EMAIL}>", True)
    for body in bodies(mail):
        assert f"Guten Tag {NAME}" in body
        if ends:
            assert f"{in_berlin(until):%H:%M} Uhr" in body
        if state is not RegistrationState.LAPSED and state is not RegistrationState.WITHDRAWN:
            assert "/anmeldung/geheim-1" in body
    assert words in bodies(mail)[1].replace("Hier absagen</a>", "Hier absagen") or words in bodies(mail)[0]
    in_calendar = [part.get_param("method") for part in mail.walk() if part.get_content_type() == "text/calendar"]
    expected = {RegistrationState.COMING: ["REQUEST"], RegistrationState.WITHDRAWN: ["CANCEL"]}
    assert in_calendar == expected.get(state, [])
    (notice,) = await world.notices()
    assert (notice.address, notice.reply_token, notice.news) == (None, None, None)  # forgotten with the mail


async def test_what_is_outdated_is_not_sent(world: Any, smtp_sink: Any, meeting_facts: Any) -> None:
    registration = uuid4()
    for sequence, state in enumerate((RegistrationState.WAITING, RegistrationState.COMING), start=1):
        await world.tell(told(state, meeting_facts(), registration), subject=registration, sequence=sequence)
    await world.send()
    (mail,) = smtp_sink.messages
    assert str(mail["Subject"]).strip().startswith("Sie sind angemeldet")


async def test_an_offer_is_not_sent_when_its_time_is_over(world: Any, smtp_sink: Any, meeting_facts: Any) -> None:
    data = told(RegistrationState.OFFERED, meeting_facts(), until=datetime.now(UTC) - timedelta(minutes=1))
    await world.tell(data, subject=data.registration_id)
    await world.send()
    assert smtp_sink.messages == []


async def test_the_planner_hears_of_a_withdrawal_without_a_name(world: Any, smtp_sink: Any, meeting_facts: Any) -> None:
    planner = await world.describe_person("Kurt Helfer", "kurt@post.example")
    meeting = meeting_facts()
    data = RegistrationWithdrawn(registration_id=uuid4(), person_id=planner, people=2, coming=18, meeting=meeting)
    await world.tell(data, subject=data.registration_id)
    await world.send()
    (mail,) = smtp_sink.messages
    assert mail["To"] == "Kurt Helfer <kurt@post.example>"
    for body in bodies(mail):
        assert "2 Personen haben für dieses Treffen abgesagt. Jetzt kommen 18." in body
        assert f"/treffen/{meeting.meeting_id}/anmeldungen" in body
        assert NAME not in body
