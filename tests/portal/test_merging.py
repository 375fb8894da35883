"""Making one of two entries: the guided page, and the addresses and lists of everybody afterwards."""

from typing import Any

import pytest
from example_network import id_of, told
from portal.merging.parts import differing, fuller
from portal.read_model.model import HelpEntry, LeadMandate, MergedOrganisation, Organisation
from portal_platform import Platform, post, until
from shared.contracts import registry
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]
PAGE = "/dubletten/organisationen/zusammenfuehren"


async def _two(platform: Platform) -> tuple[Any, Any]:
    village = platform.villages["Gossa"]["id"]
    facts = {"kind": "association", "village_id": village}
    gone = await post(
        platform.officer, "/organisations", name="Heimatverein Gossa e. V.", website="https://heimat.example", **facts
    )
    return gone, await post(platform.officer, "/organisations", name="Gossaer Heimatverein", members=40, **facts)


async def test_staff_choose_both_entries_and_what_stays(platform: Platform) -> None:
    office = await platform.logged_in()
    gone, kept = await _two(platform)
    assert f"{PAGE}?weg={gone['id']}" in (await office.get(f"/organisationen/{gone['id']}")).text
    choice = (await office.get(f"{PAGE}?weg={gone['id']}&suche=gossaer")).text
    assert f"weg={gone['id']}&amp;bleibt={kept['id']}" in choice
    page = (await office.get(f"{PAGE}?weg={gone['id']}&bleibt={kept['id']}")).text
    assert "Der andere lässt sich nicht zurückholen" in page
    assert 'name="website" type="radio" value="gone" checked' in page
    assert 'name="members" type="radio" value="kept" checked' in page
    sent = {"gone_id": gone["id"], "kept_id": kept["id"], "gone_version": "1", "kept_version": "1"}
    old = await office.post(PAGE, data={**sent, "kept_version": "7", "name": "gone"})
    assert old.status_code == 422
    assert "Inzwischen hat jemand anderes etwas geändert" in old.text
    assert 'name="name" type="radio" value="gone" checked' in old.text
    done = await office.post(PAGE, data={**sent, "name": "gone", "website": "gone", "members": "kept"})
    assert done.status_code == 303
    assert done.headers["location"].startswith(f"/organisationen/{kept['id']}")
    entry = (await platform.officer.get(f"/organisations/{kept['id']}")).json()
    assert (entry["name"], entry["website"], entry["members"]) == (gone["name"], gone["website"], 40)
    network = platform.network["slug"]
    await until(office, f"/n/{network}/organisationen/{kept['slug']}", gone["name"])
    for old_address, new_address in (
        (f"/n/{network}/organisationen/{gone['slug']}", f"/n/{network}/organisationen/{kept['slug']}"),
        (f"/organisationen/{gone['id']}", f"/organisationen/{kept['id']}"),
    ):
        led = await office.get(old_address)
        assert (led.status_code, led.headers["location"]) == (301, new_address)
    twice = await office.post(PAGE, data=sent)
    assert (twice.status_code, twice.headers["location"].partition("?")[0]) == (303, "/dubletten/organisationen")


def test_the_fuller_value_is_proposed() -> None:
    texts = dict.fromkeys(("legal_form", "register_court", "register_number", "goals", "strengths", "potentials"), "")
    lists: dict[str, Any] = {name: [] for name in ("purposes", "support_kinds", "facilities", "languages")}
    facts = {"name": "A", "kind": "association", "public_body_kind": None, "village_id": "1", "publication": "draft"}
    days = dict.fromkeys(("notice", "founded", "founded_on", "members", "website"), None)
    gone: dict[str, Any] = {**texts, **lists, **facts, **days}
    kept = {**gone, "name": "B", "publication": "published", "goals": "Kurz", "members": 3}
    gone |= {"goals": "Etwas länger", "website": "https://a.example"}
    assert differing(gone, kept) == ["name", "goals", "members", "website"]  # a public entry is no draft again
    assert [fuller(part, gone, kept) for part in ("name", "goals", "members", "website")] == [
        *("kept", "gone", "kept", "gone")
    ]
    assert differing(kept, gone)[1] == "publication"
    assert fuller("publication", kept, gone) == "gone"


def _entry(name: str, sequence: int = 1, **facts: Any) -> Any:
    state = {"kind": "association", "slug": name, "name": name, "village_id": id_of("Gossa"), **facts}
    return told(registry.OrganisationChanged(organisation_id=id_of(name), **state), id_of(name), sequence)


def _merged(gone: str, kept: str) -> Any:
    data = registry.OrganisationMerged(organisation_id=id_of(gone), into_organisation_id=id_of(kept), slug=gone)
    return told(data, id_of(gone), 3)


def _mandate() -> Any:
    data = registry.LeadMandateGranted(
        mandate_id=id_of("mandate"),
        village_id=id_of("Gossa"),
        organisation_id=id_of("first"),
        starts_on="2024-01-01",
    )
    return told(data, id_of("Gossa"), 2)


def _need() -> Any:
    data = registry.NeedPublished(
        entry_id=id_of("need"),
        organisation_id=id_of("second"),
        village_id=id_of("Gossa"),
        kind=registry.HelpKind.PEOPLE,
        state=registry.HelpState.OPEN,
        title="Helfer",
        area=registry.Area(kind=registry.AreaKind.VILLAGE, id=id_of("Gossa")),
    )
    return told(data, id_of("need"), 1)


ENTRIES = [_entry("first"), _entry("second"), _entry("third"), _entry("member", federations=[id_of("first")])]
NAMING = [_mandate(), _need()]
MERGERS = [_merged("first", "second"), _merged("second", "third")]


@pytest.mark.parametrize(
    "events",
    [[*ENTRIES, *NAMING, *MERGERS], [*MERGERS, *NAMING, *ENTRIES], [*reversed(MERGERS), *ENTRIES, *NAMING]],
    ids=["in order", "mergers first", "the later merger first"],
)
async def test_what_named_a_merged_entry_names_the_last_one(
    events: list[Any], telling: Any, sessions: Sessions
) -> None:
    await telling(*events)
    async with sessions() as session:
        assert (await session.get_one(LeadMandate, id_of("mandate"))).organisation_id == id_of("third")
        assert (await session.get_one(HelpEntry, id_of("need"))).organisation_id == id_of("third")
        assert (await session.get_one(Organisation, id_of("member"))).federations == [id_of("third")]
        for name in ("first", "second"):
            assert (await session.get_one(Organisation, id_of(name))).hidden
            merged = await session.get_one(MergedOrganisation, id_of(name))
            assert (merged.into_organisation_id, merged.slug) == (id_of("third"), name)
        assert not (await session.get_one(Organisation, id_of("third"))).hidden
