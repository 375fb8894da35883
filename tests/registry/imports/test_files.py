"""Files that cannot be imported, or not like this: each is refused in words, and nothing of it is kept."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from registry.imports.model import ImportChunk, ListImport
from registry.spreadsheets.limits import LIMITS
from testkit.tokens import municipality_officer
from testkit.workbooks import Formula

from tests.registry.conftest import World
from tests.registry.imports.conftest import Importing, Sheet, workbook


async def _kept(office: Importing) -> int:
    async with office.sessions() as session:
        numbers = [
            await session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (ListImport, ImportChunk)
        ]
    return sum(number or 0 for number in numbers)


async def test_a_file_of_200_mb_is_refused_before_it_is_read(importing: Any) -> None:
    office: Importing = await importing()
    read = 0

    async def content() -> Any:
        nonlocal read
        for _ in range(200):
            read += 1_000_000
            yield bytes(1_000_000)

    declared = {"content-length": "200000000"}
    answer = await office.client.post("/imports", content=content(), params={"file_name": "a.xlsx"}, headers=declared)
    assert answer.status_code == 413
    assert answer.json()["detail"].startswith("Die Datei ist größer als 25 MB.")
    assert read == 0
    assert await _kept(office) == 0


async def test_a_file_that_is_larger_than_it_says_ends_at_the_limit(importing: Any) -> None:
    office: Importing = await importing()

    async def content() -> Any:
        for _ in range(40):
            yield bytes(1_000_000)

    answer = await office.client.post("/imports", content=content(), params={"file_name": "a.xlsx"})
    assert answer.status_code == 413
    assert str(LIMITS.size // 1_000_000) in answer.json()["detail"]
    assert await _kept(office) == 0


async def test_a_file_that_only_claims_to_be_xlsx(importing: Any) -> None:
    office: Importing = await importing()
    for content, words in (
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "Diese Datei ist keine Tabelle, auch wenn ihr Name anders lautet."),
        (b"PK\x03\x04" + bytes(500), "Die Datei ist beschädigt oder unvollständig."),
        (b"%PDF-1.7 nothing", "Diese Datei ist ein PDF"),
        (b"", "In dieser Datei steht nichts."),
    ):
        answer = await office.upload(content, "Vereine.xlsx")
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(words), answer.json()["detail"]
    assert await _kept(office) == 0


async def test_csv_with_umlauts_of_windows(importing: Any, world: World) -> None:
    office: Importing = await importing()
    content = "Verein;Ort;Gegründet\r\nSchützenverein „Grün-Weiß“;Gossa;1889\r\n".encode("cp1252")
    assert (await office.check(content, "Vereine.csv"))["parts"][0]["wrong"] == 0
    await office.run()
    (found,) = (await world.officer.get("/organisations")).json()["items"]
    assert found["name"] == "Schützenverein „Grün-Weiß“"


async def test_a_formula_gives_the_value_that_was_saved_and_text_stays_text(importing: Any, world: World) -> None:
    office: Importing = await importing()
    rows: Sheet = [["Verein", "Ort", "Ziele"], [Formula('="Cho"&"r"', "Chor"), "Krina", "=HYPERLINK(1)"]]
    checked = await office.check(workbook(Vereine=rows))
    assert (checked["parts"][0]["wrong"], checked["parts"][0]["hinted"]) == (0, 1)
    await office.run()
    (found,) = (await world.officer.get("/organisations")).json()["items"]
    assert (found["name"], found["goals"]) == ("Chor", "=HYPERLINK(1)")


async def test_needed_columns_can_be_given_for_all_rows(importing: Any, world: World) -> None:
    office: Importing = await importing()
    uploaded = await office.upload(workbook(Vereine=[["Verein"], ["Chor"], ["Kapelle"]]))
    assert uploaded.json()["parts"][0]["missing"] == ["Ort"]
    refused = await office.client.post(f"/imports/{office.id}/check")
    assert refused.json()["detail"].startswith("Diese Spalten werden gebraucht: Ort.")
    told: dict[str, Any] = {"kind": "organisations", "mapping": {"name": "A"}}
    wrong = await office.assign(**told, constants={"founded": "gestern", "village": "Gossa"})
    assert wrong.json()["errors"][0]["field"] == "constants.founded"
    assert wrong.json()["errors"][0]["message"] == "„gestern“ ist keine Jahreszahl."
    assert (await office.assign(**told, constants={"village": "Gossa", "publication": "Entwurf"})).is_success
    await office.client.post(f"/imports/{office.id}/check")
    assert (await office.work())["parts"][0]["wrong"] == 0
    await office.run()
    assert (await world.officer.get("/organisations")).json()["items"] == []
    drafts = (await world.officer.get("/organisations", params={"publication": "draft"})).json()["items"]
    assert {draft["name"] for draft in drafts} == {"Chor", "Kapelle"}


async def test_lists_of_errors_and_templates_can_be_read_again(importing: Any) -> None:
    office: Importing = await importing()
    await office.check(workbook(Vereine=[["Verein", "Ort"], ["Chor", "Nirgendwo"]]))
    errors = await office.client.get(f"/imports/{office.id}/errors.xlsx")
    assert errors.headers["content-disposition"] == 'attachment; filename="Fehler.xlsx"'
    for kind in ("organisations", "contacts", "volunteers"):
        template = await office.client.get(f"/imports/templates/{kind}.xlsx")
        again = await office.upload(template.content)
        assert again.json()["parts"][0]["kind"] == kind
        assert again.json()["parts"][0]["missing"] == []


async def test_who_has_several_offices_says_for_which(importing: Any, world: World) -> None:
    grants = [municipality_officer(UUID(one["id"])) for one in (world.muldestausee, world.zoerbig)]
    office: Importing = await importing(await world.log_in(*grants))
    content = workbook(Vereine=[["Verein", "Ort"], ["Chor", "Krina"]])
    refused = await office.upload(content)
    assert refused.json()["errors"][0]["field"] == "office"
    assert (await office.upload(content, office=world.zoerbig["id"])).is_success
    foreign: Importing = await importing(await world.municipality_officer())
    assert (await foreign.client.get(f"/imports/{office.id}")).status_code == 404
    assert (await foreign.client.get("/imports")).json()["items"] == []
