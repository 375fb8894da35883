"""Who finds what, how the results are divided, and what happens to strange queries."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from registry.search.index import rebuild
from registry.search.model import search_posting, search_stale, search_typo, search_word
from shared.audit.tables import audit_entry
from shared.database import transaction
from testkit.tokens import association_contact

TABLES = (search_posting, search_typo, search_word)


def titles(found: Any) -> list[str]:
    return ["".join(part["text"] for part in hit["title"]) for hit in found["items"]]


def counts(found: Any, facet: str) -> dict[str, int]:
    return {value["value"]: value["count"] for value in found["facets"][facet]}


async def test_a_place_comes_before_what_lies_in_it(directory: Any, ask: Any) -> None:
    found = await ask("Gossa")
    assert (found["items"][0]["kind"], titles(found)[0]) == ("village", "Gossa")
    called_so = {"Sportverein Blau-Weiß Gossa", "Förderverein der Freiwilligen Feuerwehr Gossa e. V."}
    assert set(titles(found)[1:3]) == called_so
    assert "Gärtnerei Grünwald" in titles(found)[3:], "what only lies there comes after what is called so"


async def test_matches_are_marked_in_plain_text(world: Any, ask: Any) -> None:
    await world.enter("Verein <b>Sonne</b>", goals="Alte Bäume & <script>junge Bäume</script> pflanzen.")
    [hit] = (await ask("baum", kind="organisation"))["items"]
    assert hit["title"] == [{"text": "Verein <b>Sonne</b>", "match": False}]
    assert [part["text"] for part in hit["excerpt"] if part["match"]] == ["Bäume", "Bäume"]
    assert "".join(part["text"] for part in hit["excerpt"]) == "Alte Bäume & <script>junge Bäume</script> pflanzen."


async def test_filters_come_with_counts_that_hold(directory: Any, ask: Any) -> None:
    everything = await ask("Verein")
    assert everything["total"] == len(everything["items"])
    for facet in ("kind", "field", "village", "municipality", "network"):
        for value, count in counts(everything, facet).items():
            assert (await ask("Verein", **{facet: value}))["total"] == count, (facet, value)
    assert counts(everything, "village")["gossa"] >= 2
    assert counts(everything, "field") == {"feuerwehr-und-rettung": 1, "sport": 1}
    nothing = await ask("Schützengilde", village="gossa")
    assert (nothing["items"], nothing["elsewhere"]) == ([], 1)


async def test_pages_follow_each_other(directory: Any, ask: Any) -> None:
    whole = titles(await ask("Muldestausee"))
    after: dict[str, str] = {}
    seen: list[str] = []
    while True:
        page = await ask("Muldestausee", limit=2, **after)
        seen += titles(page)
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == whole
    assert len(seen) > 4


async def test_a_typing_error_is_corrected_aloud(directory: Any, ask: Any) -> None:
    assert (await ask("Heimatverien Krina"))["corrected"] == "Heimatverein Krina"
    assert (await ask("Heimatverein Krina"))["corrected"] is None


async def test_words_that_never_stand_together_find_entries_with_some(directory: Any, ask: Any) -> None:
    found = await ask("Schützengilde Feuerwehr")
    assert found["partial"]
    assert {"Schützengilde zu Krina", "Förderverein der Freiwilligen Feuerwehr Gossa e. V."} <= set(titles(found))


async def test_what_is_hidden_is_gone_at_once(directory: Any, ask: Any, anybody: httpx2.AsyncClient) -> None:
    hit = (await ask("Schützengilde"))["items"][0]
    await directory.officer.patch(f"/organisations/{hit['id']}", json={"publication": "hidden"})
    assert (await anybody.get("/search", params={"q": "Schützengilde"})).json()[
        "items"
    ] == []  # before it is read again
    draft = await directory.enter("Geheimbund Krina", publication="draft")
    assert (await ask("Geheimbund", by=directory.officer))["items"] == []
    await directory.officer.patch(f"/organisations/{draft['id']}", json={"publication": "published"})
    assert titles(await ask("Geheimbund")) == ["Geheimbund Krina"]


async def test_a_renamed_village_takes_its_entries_along(directory: Any, ask: Any) -> None:
    await directory.officer.patch(f"/villages/{directory.krina['id']}", json={"name": "Krinaberg"})
    assert "Heimatverein Krina" in titles(await ask("Krinaberg", kind="organisation"))


async def test_volunteers_are_found_by_the_staff_of_their_places(
    world: Any, volunteer: Any, ask: Any, sessions: Any
) -> None:
    entered = await volunteer(name="Walburga Kesselflick", skills=["first-aid"], own_skills=["Akkordeon spielen"])
    association = await world.log_in(association_contact(UUID((await world.enter())["id"])))
    for client in (None, association, await world.foreign_officer()):
        for query in ("Kesselflick", "Keselflick", "Kessel"):  # as it is, mistyped, its beginning
            found = await ask(query, by=client)
            assert (found["items"], found["corrected"]) == ([], None), query
    for client in (world.officer, await world.coordinator(), await world.municipality_officer()):
        found = await ask("Keselflick Sport Gossa", by=client)
        assert titles(found) == ["Walburga Kesselflick"]
        assert found["corrected"] == "Kesselflick Sport Gossa"
        assert found["items"][0]["person_id"] == entered["person"]["id"]
    for query in ("Akkordeon", "Erste-Hilfe"):
        assert titles(await ask(query, by=world.officer, kind="volunteer")) == ["Walburga Kesselflick"], query
    async with sessions() as session:
        seen = sa.select(audit_entry.c.persons).where(audit_entry.c.action == "volunteers.seen")
        assert [list(map(str, persons)) for persons in await session.scalars(seen)] == [[entered["person"]["id"]]] * 5


async def test_a_withdrawn_consent_and_an_erasure_act_at_once(
    world: Any, volunteer: Any, ask: Any, sessions: Any
) -> None:
    for name in ("Walburga Kesselflick", "Balduin Zwirnlein"):
        await volunteer(name=name)
    found = [(await ask(word, by=world.officer))["items"][0]["person_id"] for word in ("Kesselflick", "Zwirnlein")]
    withdrawal = f"/persons/{found[0]}/consents/contact/withdrawal"
    assert (await world.officer.post(withdrawal, json={"channel": "telephone"})).status_code == 200
    asked = {"q": "Kesselflick"}
    assert (await world.officer.get("/search", params=asked)).json()["items"] == []  # before it is read again
    assert (await world.officer.post(f"/persons/{found[1]}/erasure")).is_success
    async with sessions() as session:
        for table in TABLES:
            assert "zwirnlein" not in set(await session.scalars(sa.select(table.c.word)))
    await ask("Kesselflick", by=world.officer)
    async with sessions() as session:
        for table in TABLES:
            assert "kesselflick" not in set(await session.scalars(sa.select(table.c.word)))


async def test_who_pauses_is_marked(world: Any, volunteer: Any, ask: Any) -> None:
    """Found all the same: the office looks up people by name."""
    entered = await volunteer(name="Walburga Kesselflick")
    assert not (await ask("Kesselflick", by=world.officer))["items"][0]["paused"]
    paused = await world.officer.post(f"/volunteers/{entered['id']}/pause", json={})
    assert paused.is_success, paused.text
    assert (await ask("Kesselflick", by=world.officer))["items"][0]["paused"]


async def test_the_index_can_be_made_again(directory: Any, ask: Any, sessions: Any) -> None:
    before = await ask("Verein")
    async with transaction(sessions) as session:
        await session.execute(sa.delete(search_posting))
    assert (await ask("Verein"))["items"] == []
    async with transaction(sessions) as session:
        await rebuild(session)
    assert await ask("Verein") == before
    async with sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(search_stale)) == 0


@pytest.mark.parametrize(
    "query",
    ["", "der und die", "%", "_", "*", "a", "' OR 1=1 --", "'); DROP TABLE organisation; --", "\\", "🚒",
     "verein " * 28,
     "x" * 200, ":q", "a & !b | (c", "𝕱𝖊𝖚𝖊𝖗𝖜𝖊𝖍𝖗"],
)  # fmt: skip
async def test_strange_queries_are_answered(world: Any, ask: Any, query: str) -> None:
    await world.enter("Heimatverein")
    found = await ask(query)
    assert {title for title in titles(found) if "verein" not in query} <= {"Gossa"}


@pytest.mark.parametrize("query", ["x" * 201, "Feuer\0wehr", "Feuer\nwehr", "\u202eabc"])
async def test_what_no_text_is_made_of_is_refused(world: Any, anybody: httpx2.AsyncClient, query: str) -> None:
    answer = await anybody.get("/search", params={"q": query})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "q"


async def test_a_bad_cursor_is_refused(world: Any, anybody: httpx2.AsyncClient) -> None:
    answer = await anybody.get("/search", params={"q": "Verein", "after": "-1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")
