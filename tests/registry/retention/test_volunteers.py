"""What goes by itself: unanswered sign-ups, withdrawn profiles, dates of birth, old consents, certificates.

Each rule runs twice on the same rows: dry, which only counts, and for real. Time is shifted in the rows.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from registry.certificates.model import Certificate
from registry.consents.model import Consent, GuardianLink
from registry.people.model import Person
from registry.retention import RULES
from registry.sign_ups.model import SignUp
from registry.volunteers.model import Volunteer, VolunteerArea
from shared.contracts.registry import ConsentPurpose
from shared.database import transaction
from shared.retention.runs import run_rule
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]


async def over(sessions: Sessions, slug: str) -> int:
    """How many rows a rule removes; before, a dry run finds as many and removes none."""
    rule = next(rule for rule in RULES if rule.slug == slug)
    dry = await run_rule(sessions, rule, dry_run=True)
    assert dry.removed == 0
    run = await run_rule(sessions, rule, dry_run=False)
    assert run.found == run.removed == dry.found
    return run.removed


async def shift(sessions: Sessions, change: sa.Update) -> None:
    async with transaction(sessions) as session:
        await session.execute(change)


async def left(sessions: Sessions, column: Any) -> list[Any]:
    async with sessions() as session:
        return list(await session.scalars(sa.select(column)))


def ago(months: int, days: int = 0) -> date:
    """The day that lies so long ago by the calendar, as PostgreSQL counts."""
    today = datetime.now(UTC).date()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=days)


async def withdraw(officer: httpx2.AsyncClient, sessions: Sessions, person: str, ago: timedelta) -> None:
    """The person said on the telephone that long ago that they are not to be contacted any more."""
    path = f"/persons/{person}/consents/contact/withdrawal"
    assert (await officer.post(path, json={"channel": "telephone"})).status_code == 200
    theirs = Consent.person_id == UUID(person), Consent.purpose == ConsentPurpose.CONTACT
    await shift(sessions, sa.update(Consent).where(*theirs).values(withdrawn_at=datetime.now(UTC) - ago))


async def test_an_unanswered_sign_up_goes_after_14_days(
    world: Any, anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    offer = {"fields": ["sport"], "areas": [{"kind": "village", "id": world.gossa["id"]}]}
    offer["consents"] = [{"purpose": "contact", "text_version": "2026-11"}]
    for name, days in (("Alt", 15), ("Neu", 13)):
        await anybody.post("/sign-ups", json=offer | {"name": name, "email": f"{name.lower()}@post.example"})
        entered = datetime.now(UTC) - timedelta(days=days)
        await shift(sessions, sa.update(SignUp).where(SignUp.name == name).values(created_at=entered))
    assert await over(sessions, "sign-ups") == 1
    assert await left(sessions, SignUp.name) == ["Neu"]


async def test_a_profile_goes_with_its_consent(officer: httpx2.AsyncClient, volunteer: Any, sessions: Sessions) -> None:
    gone, recent, stays = [await volunteer(name=f"Kurt {n}", email=f"kurt{n}@post.example") for n in range(3)]
    await withdraw(officer, sessions, gone["person"]["id"], timedelta(days=15))
    await withdraw(officer, sessions, recent["person"]["id"], timedelta(days=13))
    assert await over(sessions, "volunteers") == 1
    assert {str(one) for one in await left(sessions, Volunteer.id)} == {recent["id"], stays["id"]}
    assert len(await left(sessions, VolunteerArea.volunteer_id)) == 2, "its areas go with it"


async def test_who_only_has_an_account_is_forgotten_a_year_after_the_withdrawal(
    officer: httpx2.AsyncClient, volunteer: Any, sessions: Sessions
) -> None:
    long_ago, recent = [await volunteer(name=f"Kurt {n}", email=f"kurt{n}@post.example") for n in range(2)]
    names = Person.name.like("Kurt %")
    await shift(sessions, sa.update(Person).where(names).values(created_at=datetime.now(UTC) - timedelta(days=900)))
    await withdraw(officer, sessions, long_ago["person"]["id"], timedelta(days=400))
    await withdraw(officer, sessions, recent["person"]["id"], timedelta(days=300))
    assert await over(sessions, "persons") == 0, "the profile is still there"
    assert await over(sessions, "volunteers") == 2
    assert await over(sessions, "persons") == 1
    assert [name for name in await left(sessions, Person.name) if name.startswith("Kurt")] == ["Kurt 1"]


async def test_a_date_of_birth_goes_on_the_16th_birthday(volunteer: Any, sessions: Sessions) -> None:
    child = await volunteer(birth_date=str(ago(12 * 12)), guardian="Gerda Helfer")
    person = UUID(child["person"]["id"])
    link = sa.insert(GuardianLink).values(token_hash=b"hash", person_id=person)
    await shift(sessions, link)  # type: ignore[arg-type]
    day_before = ago(16 * 12, days=-1)
    await shift(sessions, sa.update(Person).where(Person.id == person).values(birth_date=day_before))
    assert (await over(sessions, "birth-dates"), await over(sessions, "guardian-links")) == (0, 0)
    birthday = ago(16 * 12)
    await shift(sessions, sa.update(Person).where(Person.id == person).values(birth_date=birthday))
    assert (await over(sessions, "birth-dates"), await over(sessions, "guardian-links")) == (1, 1)
    assert await left(sessions, GuardianLink.person_id) == []


async def test_a_consent_is_proof_for_three_years_after_its_withdrawal(
    officer: httpx2.AsyncClient, volunteer: Any, sessions: Sessions
) -> None:
    old, recent, holds = [await volunteer(name=f"Kurt {n}", email=f"kurt{n}@post.example") for n in range(3)]
    await withdraw(officer, sessions, old["person"]["id"], timedelta(days=3 * 366))
    await withdraw(officer, sessions, recent["person"]["id"], timedelta(days=3 * 364))
    ages_ago = datetime.now(UTC) - timedelta(days=5000)
    await shift(sessions, sa.update(Consent).values(given_at=ages_ago))
    assert await over(sessions, "consents") == 1
    remaining = {str(one) for one in await left(sessions, Consent.person_id)}
    assert remaining == {recent["person"]["id"], holds["person"]["id"]}


@pytest.mark.parametrize(
    ("ended", "withdrawn", "stays"),
    [
        (None, None, True),  # the activity goes on
        ((6, 0), None, True),
        ((6, 1), None, False),
        (None, timedelta(days=150), True),
        (None, timedelta(days=200), False),  # nobody noted the end
        ((7, 0), timedelta(days=10), False),
    ],
)
async def test_a_certificate_goes_six_months_after_the_activity(
    officer: httpx2.AsyncClient,
    volunteer: Any,
    sessions: Sessions,
    ended: tuple[int, int] | None,
    withdrawn: timedelta | None,
    stays: bool,
) -> None:
    """§ 72a Abs. 5 Satz 5 SGB VIII: at the latest six months after the end of the activity."""
    person = (await volunteer())["person"]["id"]
    seen = {"issued_on": "2020-01-01", "inspected_on": "2020-02-01", "result": "clear"}
    noted = (await officer.post(f"/persons/{person}/certificates", json=seen)).json()
    if ended is not None:
        day = {"ended_on": str(ago(*ended))}
        assert (await officer.post(f"/certificates/{noted['id']}/activity-end", json=day)).status_code == 200
    if withdrawn is not None:
        await withdraw(officer, sessions, person, withdrawn)
    assert await over(sessions, "certificates") == (0 if stays else 1)
    assert len(await left(sessions, Certificate.id)) == (1 if stays else 0)


async def test_a_certificate_without_an_activity_goes_at_once(
    officer: httpx2.AsyncClient, volunteer: Any, sessions: Sessions
) -> None:
    """§ 72a Abs. 5 Satz 4 SGB VIII: at once when no activity follows the inspection."""
    person = (await volunteer())["person"]["id"]
    seen = {"issued_on": "2020-01-01", "inspected_on": "2020-02-01", "result": "clear"}
    noted = (await officer.post(f"/persons/{person}/certificates", json=seen)).json()
    assert await left(sessions, Certificate.id) == [UUID(noted["id"])]
    assert (await officer.delete(f"/certificates/{noted['id']}")).status_code == 204
    assert await left(sessions, Certificate.id) == []
