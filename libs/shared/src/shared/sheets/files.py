"""A list as a file, made row by row and kept packed until it is sent: 50,000 rows are a few MB of memory."""

import io
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from shared.dates import day_of
from shared.sheets.columns import ShownColumn
from shared.sheets.writing import csv_chunks, write_mail_merge, write_xlsx

T = TypeVar("T")
AT_ONCE = 500  # rows read from the database
PIECE = 65_536  # bytes

Read = Callable[[str | None, int], Awaitable[tuple[Sequence[T], str | None]]]
"""A page of a list: after this cursor, so many rows; and the cursor of the next page."""


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


class LetterFormat(StrEnum):
    """Of lists of people: also a data source for letters."""

    XLSX = "xlsx"
    CSV = "csv"
    MAIL_MERGE = "mail_merge"


MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "mail_merge": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {kind.split(";")[0]: {} for kind in MEDIA_TYPES.values()}}
}
"""For the `responses` of routes."""


@dataclass(frozen=True)
class Sheet:
    """`title` is German: it names the sheet and the file."""

    title: str
    columns: Sequence[ShownColumn]
    rows: AsyncIterator[Mapping[str, Any]]


async def rows_of(session: AsyncSession, read: Read[T]) -> AsyncIterator[T]:
    """All rows of a list, a page at a time. What the session read is forgotten with its page."""
    after: str | None = None
    while True:
        rows, after = await read(after, AT_ONCE)
        for row in rows:
            yield row
        session.expunge_all()
        if after is None:
            return


async def answer(sheet: Sheet, form: Format | LetterFormat) -> StreamingResponse:
    """The file. It is complete when this returns: what its rows are read from may be closed then."""
    file = io.BytesIO()
    if form == Format.CSV:
        pieces = _unpacked(await _packed(csv_chunks(sheet.columns, sheet.rows)))
    else:
        if form == LetterFormat.MAIL_MERGE:
            await write_mail_merge(file, sheet.columns, sheet.rows)
        else:
            await write_xlsx(file, sheet.columns, sheet.rows, title=sheet.title)
        file.seek(0)
        pieces = iter(lambda: file.read(PIECE), b"")
    name = f"{sheet.title} {day_of(datetime.now(UTC)):%Y-%m-%d}.{'csv' if form == Format.CSV else 'xlsx'}"
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "cache-control": "no-store"}
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[form.value], headers=headers)


async def _packed(chunks: AsyncIterator[bytes]) -> bytes:
    packer, packed = zlib.compressobj(1), bytearray()
    async for chunk in chunks:
        packed += packer.compress(chunk)
    return bytes(packed + packer.flush())


def _unpacked(packed: bytes) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for start in range(0, len(packed), PIECE):
        if piece := unpacker.decompress(packed[start : start + PIECE]):
            yield piece
    if rest := unpacker.flush():
        yield rest
