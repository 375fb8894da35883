"""Mails about a course: one for all dates, with all of them for the calendar."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar
from shared.contracts.events import (
    CourseDate,
    InvitationIssued,
    MeetingFacts,
    RegistrationState,
    RegistrationTold,
    RegistrationWithdrawn,
)
from testkit.smtp_sink import SmtpSink

NAME, EMAIL = "Ottilie Specht", "ottilie@specht.example"
LINK = "https://treffen.example/kurs"


@pytest.fixture
def course(meeting_facts: Callable[..., MeetingFacts]) -> list[CourseDate]:
    """Two evenings; the second one is elsewhere."""
    first = meeting_facts(place="Kiefernhof Gossa")
    week = timedelta(days=7)
    second = first.model_copy(
        update={
            "meeting_id": uuid4(),
            "calendar_uid": str(uuid4()),
            "starts_at": first.starts_at + week,
            "ends_at": first.ends_at + week,
            "place": "Haus am See",
        }
    )
    return [CourseDate(meeting=one, online_link=LINK) for one in (first, second)]


def bodies(mail: Any) -> list[str]:
    return [" ".join(mail.get_body((kind,)).get_content().split()) for kind in ("plain", "html")]


def in_calendar(mail: Any) -> set[tuple[str, str]]:
    (part,) = [part for part in mail.walk() if part.get_filename() == "termine.ics"]
    calendar: Any = Calendar.from_ical(part.get_content())
    assert calendar["METHOD"] == "PUBLISH"
    return {(str(one["UID"]), str(one["STATUS"])) for one in calendar.events}


@pytest.mark.parametrize(
    ("state", "subject", "words", "status"),
    [
        (RegistrationState.COMING, "Sie sind angemeldet: ", "für alle 2 Termine", "CONFIRMED"),
        (RegistrationState.WITHDRAWN, "Ihre Abmeldung: ", "Die Termine verschwinden", "CANCELLED"),
        (RegistrationState.UNCONFIRMED, "Bitte bestätigen Sie: ", "2 Termine, die zusammengehören", None),
    ],
)
async def test_one_mail_tells_of_all_dates(
    world: Any, smtp_sink: SmtpSink, course: list[CourseDate], state: RegistrationState, subject: str, words: str,
    status: str | None,
) -> None:  # fmt: skip
    data = RegistrationTold(
        registration_id=uuid4(), name=NAME, email=EMAIL, people=1, state=state, token="geheim-1",
        meeting=course[0].meeting, online_link=LINK, course=course,
    )  # fmt: skip
    await world.tell(data, subject=data.registration_id)
    await world.send()
    (mail,) = smtp_sink.messages
    assert str(mail["Subject"]).strip().startswith(subject)
    assert " ab " in str(mail["Subject"])
    for body in bodies(mail):
        assert words in body
        assert body.count("Haus am See") == 1
    if status:
        assert in_calendar(mail) == {(one.meeting.calendar_uid, status) for one in course}
    else:
        assert [part for part in mail.walk() if part.get_filename()] == []


async def test_the_invitation_is_for_all_dates(world: Any, smtp_sink: SmtpSink, course: list[CourseDate]) -> None:
    contact = await world.contact()
    data = InvitationIssued(
        invitation_id=uuid4(), contact_id=contact, organisation_id=uuid4(), reply_token="geheim-2",
        meeting=course[0].meeting, online_link=LINK, course=course,
    )  # fmt: skip
    await world.tell(data, subject=data.invitation_id)
    await world.send()
    (mail,) = smtp_sink.messages
    assert in_calendar(mail) == {(one.meeting.calendar_uid, "CONFIRMED") for one in course}
    assert all("2 Termine, die zusammengehören" in body for body in bodies(mail))


async def test_after_the_first_date_mails_still_go_out(
    world: Any, smtp_sink: SmtpSink, course: list[CourseDate]
) -> None:
    """The planner hears that somebody leaves, and that somebody only waited."""
    past = {"starts_at": datetime.now(UTC) - timedelta(hours=3), "ends_at": datetime.now(UTC) - timedelta(hours=1)}
    first = course[0].meeting.model_copy(update=past)
    planner = await world.describe_person("Kurt Helfer", "kurt@post.example")
    for waited in (False, True):
        data = RegistrationWithdrawn(
            registration_id=uuid4(), person_id=planner, people=1, coming=3, waited=waited,
            meeting=first, course=[CourseDate(meeting=first), course[1]],
        )  # fmt: skip
        await world.tell(data, subject=data.registration_id)
    await world.send()
    subjects = sorted(str(mail["Subject"]).strip().partition(":")[0] for mail in smtp_sink.messages)
    assert subjects == ["Jemand kommt nicht", "Warteliste verlassen"]
    told = {text for mail in smtp_sink.messages for text in bodies(mail)}
    assert len([text for text in told if "Es kommen unverändert 3" in text]) == 2
