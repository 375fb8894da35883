"""The uploaded file on its way between processes: in the database, in pieces.

HTTP and worker are different containers, each with a small `/tmp` of its own; the database is what they share, and what
is backed up, erased and protected by row-level security already (`docs/decisions/0032`).
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports.model import FileGone, ImportChunk, ImportPart, ImportRow

CHUNK = 256_000  # bytes


async def keep_file(session: AsyncSession, import_id: UUID, file: BinaryIO) -> int:
    """Store the file from its beginning; returns its size in bytes."""
    file.seek(0)
    size = 0
    for number, data in enumerate(iter(lambda: file.read(CHUNK), b"")):
        await session.execute(sa.insert(ImportChunk).values(import_id=import_id, number=number, data=data))
        size += len(data)
    return size


@asynccontextmanager
async def stored_file(session: AsyncSession, import_id: UUID) -> AsyncIterator[BinaryIO]:
    """The file again, without a name, as long as the block lasts. Raises `FileGone`."""
    pieces = sa.select(ImportChunk.data).where(ImportChunk.import_id == import_id).order_by(ImportChunk.number)
    with TemporaryFile() as file:
        result = await session.stream(pieces.execution_options(yield_per=4))
        async for data in result.scalars():
            file.write(data)
        if file.tell() == 0:
            raise FileGone
        file.seek(0)
        yield cast("BinaryIO", file)


async def forget_file(session: AsyncSession, import_id: UUID) -> None:
    """Nobody needs it any more, nor the values that were shown of its columns."""
    await session.execute(sa.delete(ImportChunk).where(ImportChunk.import_id == import_id))
    for part in await session.scalars(sa.select(ImportPart).where(ImportPart.import_id == import_id)):
        part.titles = [{**title, "samples": []} for title in part.titles]


async def forget_files_naming(session: AsyncSession, person_ids: Sequence[UUID], emails: Sequence[str]) -> None:
    """Somebody is erased: files whose checked rows name them go. Who goes on with such an import uploads it again."""
    naming = ImportRow.person_id.in_(person_ids) | ImportRow.email.in_(emails)
    for import_id in (await session.scalars(sa.select(ImportRow.import_id).where(naming).distinct())).all():
        await forget_file(session, import_id)
