"""From when to when somebody has a function, and who had it before."""

from datetime import timedelta
from typing import Any

from registry.clock import today
from registry.people.contacts import end_terms
from registry.people.model import Contact
from shared.contracts.registry import ContactAppointed, ContactDismissed
from sqlalchemy import update


async def test_who_had_a_function_stays_as_history(world: Any, outbox: Any) -> None:
    organisation = await world.enter()
    contact = await world.appoint(organisation, "Erna Beispiel", starts_on="2020-03-01")
    await world.officer.delete(f"/contacts/{contact['id']}")
    await world.appoint(organisation, "Otto Alt", starts_on="2014-01-01", ends_on="2020-02-29")
    await world.appoint(organisation, "Nina Neu")

    async def people(**filters: Any) -> list[tuple[str, str | None]]:
        filters["organisation_id"] = organisation["id"]
        items = (await world.officer.get("/contacts", params=filters)).json()["items"]
        return [(item["person"]["name"], item["until"]) for item in items]

    assert await people() == [("Nina Neu", None)]
    assert await people(ended=True) == [("Erna Beispiel", str(today())), ("Otto Alt", "2020-02-29")]
    assert len(await outbox.of(ContactAppointed)) == 2, "who is entered as history was told as present"


async def test_a_term_ends_by_itself_and_once(world: Any, outbox: Any, sessions: Any) -> None:
    organisation = await world.enter()
    tomorrow, long_ago = today() + timedelta(days=1), today() - timedelta(days=800)
    staying = await world.appoint(organisation, "Erna Beispiel", starts_on=str(long_ago), ends_on=str(tomorrow))
    leaving = await world.appoint(organisation, "Otto Alt", starts_on=str(long_ago), ends_on=str(today()))
    await end_terms(sessions)
    assert await outbox.of(ContactDismissed) == [], "the last day of a term belongs to it"
    async with sessions.begin() as session:
        yesterday = today() - timedelta(days=1)
        await session.execute(update(Contact).where(Contact.id == leaving["id"]).values(ends_on=yesterday))
    for _ in range(2):
        await end_terms(sessions)
    told = await outbox.of(ContactDismissed)
    assert [event.subject for event in told] == [leaving["id"]]
    items = (await world.officer.get("/contacts")).json()["items"]
    assert [(item["id"], item["ends_on"]) for item in items] == [(staying["id"], str(tomorrow))]


async def test_a_term_can_be_changed_while_it_lasts(world: Any, outbox: Any) -> None:
    organisation = await world.enter()
    contact = await world.appoint(organisation, starts_on="2020-03-01")
    path = f"/contacts/{contact['id']}"
    backwards = await world.officer.patch(path, json={"ends_on": "2019-12-31"})
    assert (backwards.status_code, backwards.json()["errors"][0]["field"]) == (422, "ends_on")
    unreal = await world.officer.patch(path, json={"ends_on": "2026-02-31"})
    assert unreal.status_code == 422
    assert (await world.officer.patch(path, json={"ends_on": "2099-12-31"})).json()["ends_on"] == "2099-12-31"
    foreign = await (await world.foreign_officer()).patch(path, json={"ends_on": None})
    assert foreign.status_code == 404
    over = await world.officer.patch(path, json={"ends_on": "2024-12-31"})
    assert over.json()["until"] == "2024-12-31"
    assert len(await outbox.of(ContactDismissed)) == 1
    again = await world.officer.patch(path, json={"ends_on": None})
    assert (again.status_code, again.json()["code"]) == (409, "function_ended")
