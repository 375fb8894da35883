"""Stylesheets, scripts, fonts: held in memory, named by their content, cached for a year.

A page asks for `/static/portal.<fingerprint>.css`; a changed file has a new address, so nobody sees an old one.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from mimetypes import guess_type
from pathlib import PurePosixPath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

PREFIX = "/static"
_URL = re.compile(r"""url\((["']?)(?!data:|#|/|https?:)([^"')]+)\1\)""")
_TEXT = (".css", ".js", ".svg", ".txt", ".webmanifest")
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".webmanifest": "application/manifest+json"}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class _File:
    content: bytes
    packed: bytes | None  # gzip, where that is smaller
    media_type: str


class StaticFiles:
    """Every file below `root`. `url(name)` is what a page writes; `serve` answers it."""

    def __init__(self, root: Traversable) -> None:
        self._root = root
        self._urls: dict[str, str] = {}
        self._files: dict[str, _File] = {}
        for name in sorted(_walk(root), key=lambda name: name.endswith(".css")):  # stylesheets name other files
            self._add(name)

    def url(self, name: str) -> str:
        """The address of a file by its path below the folder. Raises `KeyError` for one that is not there."""
        return self._urls[name]

    async def serve(self, request: Request) -> Response:
        """Answer GET and HEAD below `PREFIX`."""
        file = self._files.get(request.path_params["path"])
        if file is None:
            raise HTTPException(404)
        headers = {"cache-control": _FOREVER, "vary": "accept-encoding"}
        if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.packed, media_type=file.media_type, headers={**headers, "content-encoding": "gzip"})
        return Response(file.content, media_type=file.media_type, headers=headers)

    def _add(self, name: str) -> None:
        content = self._root.joinpath(name).read_bytes()
        if name.endswith(".css"):
            content = self._with_fingerprints(name, content.decode()).encode()
        path = PurePosixPath(name)
        fingerprint = hashlib.sha256(content).hexdigest()[:12]
        served = str(path.with_name(f"{path.stem}.{fingerprint}{path.suffix}"))
        packed = gzip.compress(content, mtime=0) if path.suffix in _TEXT else None
        media_type = _TYPES.get(path.suffix) or guess_type(name)[0] or "application/octet-stream"
        self._urls[name] = f"{PREFIX}/{served}"
        self._files[served] = _File(content, packed, media_type)

    def _with_fingerprints(self, name: str, css: str) -> str:
        folder = PurePosixPath(name).parent
        return _URL.sub(lambda found: f'url("{self._urls[str(folder / found[2])]}")', css)


@cache
def load_static_files() -> StaticFiles:
    """The portal's own."""
    return StaticFiles(resources.files("portal") / "static")


def _walk(folder: Traversable, prefix: str = "") -> list[str]:
    names: list[str] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            names += _walk(entry, f"{prefix}{entry.name}/")
        elif not entry.name.endswith(".md") and "LICENSE" not in entry.name:
            names.append(f"{prefix}{entry.name}")
    return names
