"""A request on its way: asked, answered once, done, thanked. Nobody is named before they have said yes."""

import asyncio
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from registry.erasures.forgetting import forgetting
from registry.mutual_help.model import HelpRequest, HelpRequestLink
from registry.retention import RULES
from shared.contracts.registry import HelpNews, HelpRequestTakenBack, HelpRequestTold, NeedFilled
from shared.database import transaction
from shared.erasure.forgetting import Subject
from shared.retention.runs import run_rule

RULE = next(rule for rule in RULES if rule.slug == "help-requests")


async def ask(place: Any, need: Any, **helper: Any) -> Any:
    answer = await place.contact.post(f"/help-entries/{need['id']}/requests", json={"words": "Bitte!", **helper})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def requests_of(place: Any, need: Any) -> list[Any]:
    items: list[Any] = (await place.contact.get(f"/help-entries/{need['id']}/requests")).json()["items"]
    return items


async def test_a_volunteer_is_named_after_their_yes_alone(
    place: Any, enter: Any, volunteer: Any, anybody: Any, outbox: Any
) -> None:
    helper, need = await volunteer(name="Kurt Helfer"), await enter()
    asked = await ask(place, need, volunteer_id=helper["id"])
    assert (asked["state"], asked["helper"]) == ("asked", None)
    [told] = await outbox.of(HelpRequestTold)
    assert str(told.data.person_id) == helper["person"]["id"]
    assert (told.data.organisation, told.data.village, told.data.words) == ("Heimatverein Gossa", "Gossa", "Bitte!")
    listed = await requests_of(place, need)
    assert "Kurt" not in str(listed)
    assert helper["person"]["id"] not in str(listed)

    token = {"reply-token": told.data.token}
    for _ in range(2):  # reading changes nothing
        shown = (await anybody.get("/help-requests/by-token", headers=token)).json()
        assert (shown["title"], shown["offer"]) == ("Helfer für das Herbstfest", None)
    yes = {"token": told.data.token, "accept": True}
    assert (await anybody.post("/help-requests/answer", json=yes)).status_code == 204
    assert (await anybody.post("/help-requests/answer", json=yes)).status_code == 404
    assert (await anybody.get("/help-requests/by-token", headers=token)).status_code == 404
    [accepted] = await requests_of(place, need)
    assert (accepted["state"], accepted["helper"]["name"]) == ("accepted", "Kurt Helfer")
    assert [event.data.state for event in await outbox.of(NeedFilled)] == ["taken"]
    news = [event.data for event in await outbox.of(HelpRequestTold)][-1]
    assert (news.news, news.person_id, news.token) == (HelpNews.ACCEPTED, place.contact_id, None)
    assert "Kurt" not in await outbox.public_text()


async def test_who_declines_is_never_named_and_not_asked_again(
    place: Any, enter: Any, volunteer: Any, anybody: Any, outbox: Any
) -> None:
    helper, need = await volunteer(), await enter()
    request = await ask(place, need, volunteer_id=helper["id"])
    token = await place.token_for(helper["person"]["id"])
    await anybody.post("/help-requests/answer", json={"token": token, "accept": False})
    [declined] = await requests_of(place, need)
    assert (declined["state"], declined["helper"]) == ("declined", None)
    again = await place.contact.post(f"/help-entries/{need['id']}/requests", json={"volunteer_id": helper["id"]})
    assert (again.status_code, again.json()["code"]) == (409, "already_asked")
    done = await place.contact.post(f"/help-requests/{request['id']}/completion", json={"thanks": "Danke"})
    assert (done.status_code, done.json()["code"]) == (409, "not_agreed")


async def test_an_offer_is_answered_by_one_of_its_people_and_thanked(
    world: Any, place: Any, enter: Any, anybody: Any, outbox: Any
) -> None:
    deputy = await world.appoint(place.neighbour, "Paul Probe", function="deputy_chair")
    need, offer = await enter(kind="rooms"), await enter("offer", kind="rooms", title="Saal")
    request = await ask(place, need, offer_id=offer["id"])
    links = {event.data.token for event in await outbox.of(HelpRequestTold)}
    assert len(links) == 2
    token = await place.token_for(deputy["person"]["id"])
    await anybody.post("/help-requests/answer", json={"token": token, "accept": True})
    [other] = links - {token}
    assert (await anybody.post("/help-requests/answer", json={"token": other, "accept": False})).status_code == 404
    [accepted] = await requests_of(place, need)
    assert accepted["helper"]["name"] == "Paul Probe"
    stranger = await world.foreign_officer()
    path = f"/help-requests/{request['id']}/completion"
    assert (await stranger.post(path, json={"thanks": "Danke"})).status_code == 404
    done = (await place.contact.post(path, json={"thanks": "Es war ein schönes Fest."})).json()
    assert (done["state"], done["thanks"]) == ("done", "Es war ein schönes Fest.")
    thanked = [event.data for event in await outbox.of(HelpRequestTold)][-1]
    assert (thanked.news, str(thanked.person_id)) == (HelpNews.THANKED, deputy["person"]["id"])


async def test_the_seeker_takes_a_request_back(
    world: Any, place: Any, enter: Any, volunteer: Any, anybody: Any, outbox: Any
) -> None:
    waiting, promised, declined = [await volunteer(name=name) for name in ("Wartet", "Hat Zugesagt", "Hat Abgesagt")]
    need = await enter(wanted=3)
    paths = {}
    for helper in (waiting, promised, declined):
        request = await ask(place, need, volunteer_id=helper["id"])
        paths[helper["id"]] = f"/help-requests/{request['id']}/withdrawal"
    for helper, accept in ((promised, True), (declined, False)):
        answer = {"token": await place.token_for(helper["person"]["id"]), "accept": accept}
        await anybody.post("/help-requests/answer", json=answer)
    token = await place.token_for(waiting["person"]["id"])
    stranger = await world.foreign_officer()
    assert (await stranger.post(paths[waiting["id"]])).status_code == 404
    for helper in (waiting, promised):
        taken = (await place.contact.post(paths[helper["id"]])).json()
        assert (taken["state"], taken["helper"]) == ("taken_back", None)
        told = [event.data for event in await outbox.of(HelpRequestTakenBack)][-1]
        assert (str(told.person_id), told.title) == (helper["person"]["id"], "Helfer für das Herbstfest")
    for helper in (waiting, declined):
        over = await place.contact.post(paths[helper["id"]])
        assert (over.status_code, over.json()["code"]) == (409, "help_request_over")
    assert (await anybody.post("/help-requests/answer", json={"token": token, "accept": True})).status_code == 404
    assert "Hat Zugesagt" not in str(await requests_of(place, need)), "named although the help is not needed"


async def test_only_who_is_suggested_can_be_asked(world: Any, place: Any, enter: Any, volunteer: Any) -> None:
    far = await volunteer(areas=[{"kind": "village", "id": world.loeberitz["id"]}])
    need, offer = await enter(), await enter("offer", kind="rooms")
    for helper in ({"volunteer_id": far["id"]}, {"offer_id": offer["id"]}, {}):
        answer = await place.contact.post(f"/help-entries/{need['id']}/requests", json=helper)
        assert (answer.status_code, answer.json()["code"]) == (422, "not_suggested")
    answer = await place.contact.post(f"/help-entries/{offer['id']}/requests", json={})
    assert answer.status_code == 404


async def test_eight_answers_at_the_same_time_take_the_need_once(
    place: Any, enter: Any, volunteer: Any, anybody: Any, outbox: Any
) -> None:
    need = await enter(wanted=4)
    tokens = []
    for number in range(4):
        helper = await volunteer(name=f"Helfer {number}")
        await ask(place, need, volunteer_id=helper["id"])
        tokens.append(await place.token_for(helper["person"]["id"]))
    answers = await asyncio.gather(
        *(anybody.post("/help-requests/answer", json={"token": token, "accept": True}) for token in tokens * 2)
    )
    assert sorted(answer.status_code for answer in answers) == [204] * 4 + [404] * 4
    assert len(await outbox.of(NeedFilled)) == 1


async def test_erasure_and_retention_reach_requests(
    place: Any, enter: Any, volunteer: Any, sessions: Any, anybody: Any
) -> None:
    kept, gone = await volunteer(name="Bleibt Hier"), await volunteer(name="Geht Fort")
    need = await enter(wanted=2)
    for helper in (kept, gone):
        await ask(place, need, volunteer_id=helper["id"])
    token = await place.token_for(gone["person"]["id"])
    subject = Subject(UUID(need["id"]), UUID(gone["person"]["id"]), (), UUID(gone["id"]))
    async with transaction(sessions) as session:
        await forgetting.forget(session, subject)
    assert (await anybody.post("/help-requests/answer", json={"token": token, "accept": True})).status_code == 404
    assert len(await requests_of(place, need)) == 1
    async with transaction(sessions) as session:
        await session.execute(sa.update(HelpRequest).values(created_at=sa.func.now() - sa.func.make_interval(2)))
    await run_rule(sessions, RULE, dry_run=False)
    async with sessions() as session:
        for table in (HelpRequest, HelpRequestLink):
            assert await session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
