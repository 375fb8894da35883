"""Files that are not what they claim, or that ask for more than a list may (bad input; S10)."""

import asyncio
import io
import json
import os
import struct
import sys
import zipfile
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from registry.spreadsheets.errors import (
    CellTooLong,
    FileTooLarge,
    NotASpreadsheet,
    OtherSpreadsheet,
    PdfFile,
    ProtectedFile,
    TooDemanding,
    UnpacksTooLarge,
    UnreadableFile,
    WebPage,
)
from registry.spreadsheets.limits import LIMITS, Limits
from registry.spreadsheets.reading import list_sheets, open_table
from registry.spreadsheets.uploads import spool
from shared.i18n import Translator
from testkit.workbooks import XLSX_SHEET, delimited, file_of, ods, packed, unpacked, xlsx

FILES = Path(__file__).parent / "files"
LIST = xlsx([["Name", "Ort"], ["Beispielverein", "Gossa"]])
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PART = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>'
ENCRYPTED_ODS = f"{ENCRYPTED_PART}</manifest:file-entry>"


async def read(content: bytes, limits: Limits = LIMITS) -> int:
    with file_of(content) as file:
        async with open_table(file, limits=limits) as table:
            return len([row async for row in table.rows()])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", PdfFile),
        (b"<html><body><table><tr><td>Name</td></tr></table></body></html>", WebPage),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE html>\r\n<html>", WebPage),
        (b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">', WebPage),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', OtherSpreadsheet),
        (packed({"xl/workbook.bin": b"\x83\x01"}), OtherSpreadsheet),
        (packed({"word/document.xml": "<w:document/>"}), NotASpreadsheet),
        (packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}), NotASpreadsheet),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), NotASpreadsheet),
        (b"{\\rtf1\\ansi Name}", NotASpreadsheet),
        (bytes(1_000), NotASpreadsheet),
        (COMPOUND_FILE + bytes(1_016) + "Root Entry\0WordDocument".encode("utf-16-le"), NotASpreadsheet),
        (COMPOUND_FILE + bytes(2_000), UnreadableFile),
        (LIST[:2_000], UnreadableFile),
        (LIST[:-10], UnreadableFile),
        (b"PK\x03\x04" + bytes(100), UnreadableFile),
        (packed({"xl/workbook.xml": "<workbook/>"}), UnreadableFile),
        (packed(unpacked(LIST) | {XLSX_SHEET: b"<worksheet><sheetData><row><c"}), UnreadableFile),
        ((FILES / "list.xls").read_bytes()[:3_000], UnreadableFile),
        ((FILES / "protected.xls").read_bytes(), ProtectedFile),
        ((FILES / "protected.xlsx").read_bytes(), ProtectedFile),
        (ods([["Name"]], manifest=ENCRYPTED_ODS), ProtectedFile),
    ],
)
async def test_what_only_claims_to_be_a_list(content: bytes, error: type[UnreadableFile]) -> None:
    with pytest.raises(UnreadableFile) as refused:
        await read(content)
    assert type(refused.value) is error
    assert Translator("registry").gettext(refused.value.message) != refused.value.message


@pytest.mark.parametrize("length", range(0, len(LIST), 397))
async def test_cut_off_anywhere(length: int) -> None:
    with pytest.raises(UnreadableFile):
        await read(LIST[:length])


@pytest.mark.parametrize("position", range(40, len(LIST), 211))
async def test_one_wrong_byte_anywhere(position: int) -> None:
    """It is read or refused; nothing else."""
    damaged = LIST[:position] + bytes([LIST[position] ^ 0xFF]) + LIST[position + 1 :]
    with suppress(UnreadableFile):
        assert await read(damaged) <= 2


async def test_macros_are_never_looked_at() -> None:
    with_macros = packed(unpacked(LIST) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 not even a project"})
    assert await read(with_macros) == 2


async def test_entities_of_xml_are_not_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "xxxxxxxxxx">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    parts = unpacked(LIST)
    strings = parts["xl/sharedStrings.xml"].decode().replace("Gossa", "&j;")
    head, _, tail = strings.partition("?>")
    with pytest.raises(UnreadableFile):
        await read(packed(parts | {"xl/sharedStrings.xml": f"{head}?>{bomb}]>{tail}"}))


def bomb_of(megabytes: int) -> bytes:
    """A workbook whose only sheet unpacks to so much."""
    rows = b"".join(b"<row><c><v>%d</v></c></row>" % number for number in range(10))
    head, _, tail = unpacked(LIST)[XLSX_SHEET].partition(b"<sheetData>")
    return packed(unpacked(LIST) | {XLSX_SHEET: head + b"<sheetData>" + rows + b" " * megabytes * 1_000_000 + tail})


async def test_a_zip_bomb_is_not_unpacked() -> None:
    content = bomb_of(100)
    assert len(content) < 200_000
    with pytest.raises(UnpacksTooLarge):
        await read(content)
    with pytest.raises(UnpacksTooLarge):
        await read(xlsx([["x" * 30_000]] * 100), Limits(unpacked_size=20_000))


def with_false_sizes(archive: bytes) -> bytes:
    """The directory of the archive says that nothing in it unpacks to more than 1,000 bytes."""
    content = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        position, count = opened.start_dir, len(opened.infolist())
    for _ in range(count):
        name, extra, comment = struct.unpack_from("<HHH", content, position + 28)
        (size,) = struct.unpack_from("<I", content, position + 24)
        struct.pack_into("<I", content, position + 24, min(size, 1_000))
        position += 46 + name + extra + comment
    return bytes(content)


async def test_a_bomb_that_lies_about_its_size() -> None:
    bomb = xlsx([[f"{row}-{column}" + "x" * 10_000 for column in range(100)] for row in range(100)])
    with pytest.raises(UnpacksTooLarge):
        await read(bomb)
    with pytest.raises(UnreadableFile) as refused:
        await read(with_false_sizes(bomb), Limits(memory=100_000_000))
    assert not isinstance(refused.value, UnpacksTooLarge)


@pytest.fixture
def far_corner() -> bytes:
    """Two cells, which a parser takes for a field of 17 thousand million."""
    sheet = unpacked(LIST)[XLSX_SHEET].replace(b"</sheetData>", b"%b</sheetData>")
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return packed(unpacked(LIST) | {XLSX_SHEET: sheet % corner})


async def test_a_cell_in_the_far_corner(far_corner: bytes) -> None:
    with pytest.raises(TooDemanding):
        await read(far_corner)


async def test_the_far_corner_would_end_this_process(far_corner: bytes, tmp_path: Path) -> None:
    """The control run: parsed within a process, as libraries suggest, it takes the whole process with it."""
    path = tmp_path / "list.xlsx"
    path.write_bytes(far_corner)
    parse = "import sys, python_calamine as c; c.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)"
    caught = f"try:\n    {parse}\nexcept BaseException:\n    pass"
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", caught, str(path), stderr=null)
    assert await asyncio.wait_for(process.wait(), 60) < 0


async def test_endless_repeated_cells_of_ods() -> None:
    with pytest.raises(UnreadableFile):
        await read(ods([["x"] * 100], repeated=1_048_576))


async def test_processor_time_is_limited() -> None:
    content = (b"x;" * 199 + b"x\n") * 60_000
    with pytest.raises(TooDemanding):
        await read(content, Limits(seconds=1))


@pytest.mark.parametrize("make", [xlsx, ods, delimited])
async def test_a_cell_that_is_too_long(make: object) -> None:
    assert callable(make)
    limits = Limits(cell_length=50)
    assert await read(make([["Name", "Ziele"], ["A", "x" * 50]]), limits) == 2
    with pytest.raises(CellTooLong) as refused:
        await read(make([["Name", "Ziele"], ["A", "x" * 51]]), limits)
    assert refused.value.params == {"row": 2, "letter": "B", "characters": 50}


async def chunks_of(total: int, taken: list[int]) -> AsyncIterator[bytes]:
    for _ in range(0, total, 100_000):
        taken.append(100_000)
        yield bytes(100_000)


@pytest.mark.parametrize("declared", [None, 5])
async def test_an_upload_of_200_mb_is_refused_with_the_first_byte_too_many(declared: int | None) -> None:
    taken: list[int] = []
    with pytest.raises(FileTooLarge) as refused:
        async with spool(chunks_of(200_000_000, taken), declared):
            pass
    assert sum(taken) <= LIMITS.size + 100_000
    text = Translator("registry").format(refused.value.message, refused.value.params)
    assert text.startswith("Die Datei ist größer als 25 MB.")


async def test_an_upload_that_says_that_it_is_too_large_is_not_even_begun() -> None:
    taken: list[int] = []
    with pytest.raises(FileTooLarge):
        async with spool(chunks_of(200_000_000, taken), 200_000_000):
            pass
    assert taken == []


async def test_an_upload_is_read_from_disk() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(LIST), 100):
            yield LIST[start : start + 100]

    async with spool(chunks(), len(LIST)) as file:
        assert [sheet.name for sheet in await list_sheets(file)] == ["Liste"]
    assert file.closed


async def test_a_large_file_is_not_given_to_a_parser() -> None:
    with pytest.raises(FileTooLarge):
        await read(delimited([["x" * 1_000]] * 10), Limits(size=5_000))


async def test_the_reading_process_knows_no_secret_and_cannot_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs there is started in the way of `open_table`, with a body of our own in the parser's place."""
    monkeypatch.setenv("DORFNETZ_REGISTRY_SIGNING_KEY", "canary")
    program = tmp_path / "python"
    seen, stolen = tmp_path / "seen", tmp_path / "stolen"
    program.write_text(
        f"#!{sys.executable} -I\nimport json, os, sys\nsys.argv[1:4] = []\n"
        f"open({str(seen)!r}, 'w').write(json.dumps([dict(os.environ), os.getcwd()]))\n"
        "from registry.spreadsheets import extraction\n"
        "def parse(file, sheet, limits):\n"
        f"    with open({str(stolen)!r}, 'wb', buffering=0) as out: out.write(file.read(10))\n"
        "    yield {'end': True}\n"
        "extraction.extract = parse\nextraction.main()\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(UnreadableFile):
        await read(LIST)
    environment, folder = json.loads(seen.read_text())
    assert not [name for name in environment if name.startswith("DORFNETZ")]
    assert folder == "/"
    assert stolen.stat().st_size == 0


async def test_no_process_is_left_behind() -> None:
    with file_of(delimited([["x" * 100] * 20] * 5_000)) as file:
        async with open_table(file) as table:
            await table.first_rows(1)
            process = table._process.pid
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
