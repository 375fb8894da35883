"""PDF documents, set by Typst from templates in this folder.

What people wrote comes to a template as data, never as source: Typst shows a string as it is, whatever stands in it.
Each document is set by a process of its own, which is ended when it takes too long and sees no file but its template.
"""

import asyncio
import json
import sys
from typing import Any

from shared.errors import Unavailable

MEDIA_TYPE = "application/pdf"
LONGEST = 30.0  # seconds


async def render(template: str, data: dict[str, Any], *, longest: float = LONGEST) -> bytes:
    """The PDF that a template makes of `data`. Raises `Unavailable` when it takes longer than `longest` seconds."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "portal.documents.compile", template,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(longest):
            document, _ = await process.communicate(json.dumps(data, ensure_ascii=False).encode())
    except TimeoutError as error:
        raise Unavailable from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise RuntimeError(f"the document {template} could not be set")
    return document
