"""Lists as an office has them, and the way through an import up to a given step."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx2
import pytest
from registry.imports.jobs import work_on_imports
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.workbooks import xlsx

from tests.registry.conftest import World

Sheet = Sequence[Sequence[Any]]

ORGANISATIONS = ["Verein", "Ort", "VR-Nr.", "Tätigkeitsfelder", "Gegründet am", "Ansprechpartner", "Telefon", "E-Mail"]
VOLUNTEERS = ["Name", "E-Mail", "Telefon", "Einsatzfelder", "Ort", "Einwilligung vom"]


def workbook(**sheets: Sheet) -> bytes:
    """An xlsx file with these sheets, in their order."""
    *before, (name, rows) = sheets.items()
    return xlsx(rows, sheet=name, before=dict(before))


def organisations(*rows: Sequence[Any]) -> bytes:
    """A list of associations with the usual titles."""
    return workbook(Vereine=[ORGANISATIONS, *rows])


def volunteers(*rows: Sequence[Any]) -> bytes:
    """A list of volunteers with the usual titles."""
    return workbook(Freiwillige=[VOLUNTEERS, *rows])


class Importing:
    """An office at work on a list."""

    def __init__(self, client: httpx2.AsyncClient, sessions: async_sessionmaker[AsyncSession]) -> None:
        self.client, self.sessions = client, sessions
        self.id = ""

    async def upload(self, content: bytes, name: str = "Liste.xlsx", **params: str) -> httpx2.Response:
        """The answer to an upload, whatever it is."""
        answer = await self.client.post("/imports", content=content, params={"file_name": name, **params})
        if answer.is_success:
            self.id = answer.json()["id"]
        return answer

    async def assign(self, number: int = 0, **told: Any) -> httpx2.Response:
        return await self.client.put(f"/imports/{self.id}/parts/{number}", json=told)

    async def work(self) -> Any:
        """Let the worker do what waits; the import as it is then."""
        await work_on_imports(self.sessions)
        return await self.read()

    async def read(self) -> Any:
        answer = await self.client.get(f"/imports/{self.id}")
        assert answer.is_success, answer.text
        return answer.json()

    async def check(self, content: bytes, name: str = "Liste.xlsx") -> Any:
        """Upload and check, with the columns as they are suggested."""
        uploaded = await self.upload(content, name)
        assert uploaded.is_success, uploaded.text
        answer = await self.client.post(f"/imports/{self.id}/check")
        assert answer.is_success, answer.text
        return await self.work()

    async def run(self, **told: Any) -> Any:
        """Write the rows that were checked."""
        answer = await self.client.post(f"/imports/{self.id}/run", json=told)
        assert answer.is_success, answer.text
        return await self.work()

    async def undo(self, **told: Any) -> Any:
        answer = await self.client.post(f"/imports/{self.id}/undo", json=told)
        assert answer.is_success, answer.text
        return await self.work()

    async def rows(self, show: str = "all", number: int = 0) -> list[Any]:
        answer = await self.client.get(f"/imports/{self.id}/parts/{number}/rows", params={"show": show})
        assert answer.is_success, answer.text
        return list(answer.json()["items"])

    async def texts(self, number: int = 0) -> dict[int, list[str]]:
        """The problems of each wrong row, with the letter of the column before each."""
        return {
            row["number"]: [f"{problem['where'] or '-'}: {problem['text']}" for problem in row["problems"]]
            for row in await self.rows("wrong", number)
        }


@pytest.fixture
def importing(world: World, sessions: async_sessionmaker[AsyncSession]) -> Callable[..., Awaitable[Importing]]:
    """`await importing(client=None)`: an office that imports, the district by default."""

    async def begin(client: httpx2.AsyncClient | None = None) -> Importing:
        return Importing(client or world.officer, sessions)

    return begin
