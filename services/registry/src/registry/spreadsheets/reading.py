"""Reading an uploaded file as a stream of rows.

    async with open_table(file) as table:
        header = find_header(await table.first_rows(), layout)
        async for row in table.rows():
            ...

Memory of this process stays at a few hundred rows, whatever the file holds; see `extraction` for the one that parses.
"""

import asyncio
import json
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, NamedTuple, cast

import structlog
from shared.sheets.cells import Cell, untagged

from registry.spreadsheets.errors import BY_CODE, FileTooLarge, TooDemanding, UnreadableFile
from registry.spreadsheets.formats import Format
from registry.spreadsheets.limits import LIMITS, Limits

log = structlog.get_logger()

FIRST_ROWS = 100  # enough to find the header below a letterhead
LARGEST_FRAME = 64_000_000  # bytes; one row of the largest cells is smaller
_READER = ("-I", "-m", "registry.spreadsheets.extraction")  # -I: nothing from the environment or the present folder


class Row(NamedTuple):
    """`number` as the spreadsheet counts, from 1; `cells` from column A on, without the empty ones at the end."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    hidden: bool


class Table:
    """One sheet of an open file. Its rows come once, the empty ones left out."""

    def __init__(self, process: Process, format: Format, sheets: list[Sheet], sheet: str) -> None:  # noqa: A002
        self.format, self.sheets, self.sheet = format, sheets, sheet
        self._process = process
        self._seen: list[Row] = []
        self._ended = False

    async def first_rows(self, count: int = FIRST_ROWS) -> list[Row]:
        """The first rows that hold something; `rows` still gives them, too."""
        while len(self._seen) < count and (batch := await self._next_batch()):
            self._seen += batch
        return self._seen[:count]

    async def rows(self) -> AsyncIterator[Row]:
        """Every row that holds something. Raises `UnreadableFile` where the file turns out to be bad half-way."""
        batch, self._seen = self._seen, []
        while batch or (batch := await self._next_batch()):
            for row in batch:
                yield row
            batch = []
            await asyncio.sleep(0)  # a long import leaves room for everything else in this process

    async def _next_batch(self) -> list[Row]:
        if self._ended:
            return []
        frame = await _next_frame(self._process)
        self._ended = "end" in frame
        return [Row(number, [untagged(cell) for cell in cells]) for number, cells in frame.get("rows", ())]


@asynccontextmanager
async def open_table(file: BinaryIO, sheet: str | None = None, limits: Limits = LIMITS) -> AsyncIterator[Table]:
    """The sheet of that name, or the first one that is shown and holds something.

    `file` is a real file, also one without a name (`uploads.spool`, Starlette's `UploadFile.file`). Raises
    `UnreadableFile` with a message for people.
    """
    descriptor = file.fileno()  # what Starlette still holds in memory goes to disk with this
    file.flush()
    if file.seek(0, 2) > limits.size:
        raise FileTooLarge(megabytes=limits.size // 1_000_000)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *_READER,
        json.dumps(asdict(limits)),
        json.dumps(sheet),
        stdin=descriptor,
        stdout=PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a parser's last words may quote the file
        env={},
        cwd="/",
    )
    try:
        head = await _next_frame(process)
        sheets = [Sheet(**known) for known in head["sheets"]]
        yield Table(process, Format(head["format"]), sheets, head["sheet"])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def list_sheets(file: BinaryIO, limits: Limits = LIMITS) -> list[Sheet]:
    """The sheets of a workbook, in its order; none for csv."""
    async with open_table(file, limits=limits) as table:
        return table.sheets


async def _next_frame(process: Process) -> dict[str, Any]:
    output = cast("asyncio.StreamReader", process.stdout)
    try:
        (length,) = struct.unpack(">I", await output.readexactly(4))
        if length > LARGEST_FRAME:
            raise UnreadableFile
        frame: dict[str, Any] = json.loads(await output.readexactly(length))
    except asyncio.IncompleteReadError:
        code = await process.wait()
        log.info("the reading of a spreadsheet broke off", returncode=code)
        # ended by a signal: aborted for want of memory, or stopped at the limit of its time
        raise (TooDemanding if code < 0 else UnreadableFile) from None
    if "refused" in frame:
        raise BY_CODE[frame["refused"]](**frame["params"])
    return frame
