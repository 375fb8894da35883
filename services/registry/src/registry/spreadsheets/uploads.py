"""Keeping an upload on disk while it arrives, and no longer than it is needed."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO, cast

from registry.spreadsheets.errors import FileTooLarge
from registry.spreadsheets.limits import LIMITS, Limits


@asynccontextmanager
async def spool(
    chunks: AsyncIterator[bytes], declared_size: int | None = None, limits: Limits = LIMITS
) -> AsyncIterator[BinaryIO]:
    """A file without a name that holds the upload; it is gone when the block ends, also after a crash.

    `declared_size` is what the client says (Content-Length), in bytes. Raises `FileTooLarge` before reading anything
    when that is too much, and else with the first byte over the limit, whatever was declared.
    """
    too_large = FileTooLarge(megabytes=limits.size // 1_000_000)
    if declared_size is not None and declared_size > limits.size:
        raise too_large
    with tempfile.TemporaryFile() as file:
        received = 0
        async for chunk in chunks:
            received += len(chunk)
            if received > limits.size:
                raise too_large
            file.write(chunk)
        file.seek(0)
        yield cast("BinaryIO", file)
