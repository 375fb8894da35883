"""ETag and If-Match: the ETag of a thing is its version."""

import re
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from shared.database import Versioned
from shared.errors import ChangedMeanwhile
from shared.web.problems import MEDIA_TYPE

IfMatch = Annotated[str | None, Header(max_length=200, description="The ETag that the change is based on")]

# For the `responses` of routes: what these headers can lead to.
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The caller already has this version"}}
CHANGED_SINCE: dict[int | str, dict[str, Any]] = {
    412: {
        "description": "Changed since the version named by If-Match",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


class ChangedSinceRead(ChangedMeanwhile):
    status = HTTPStatus.PRECONDITION_FAILED


def answer_with_etag(request: Request, body: BaseModel, version: int) -> Response:
    """`body` with its ETag, or 304 when the caller already has this version (RFC 9110, section 13.1.2)."""
    headers = {"etag": f'"{version}"', "cache-control": "private, no-cache"}
    if _names(request.headers.get("if-none-match"), version):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return JSONResponse(body.model_dump(mode="json"), headers=headers)


def expect_version(thing: Versioned, if_match: str | None) -> None:
    """Raise `ChangedSinceRead` when the caller changes an older version than the present one."""
    if if_match is not None and not _names(if_match, thing.version):
        raise ChangedSinceRead


def _names(header: str | None, version: int) -> bool:
    return header is not None and (header.strip() == "*" or str(version) in re.findall(r'"([^"]*)"', header))
