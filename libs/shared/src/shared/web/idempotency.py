"""Commands with an `Idempotency-Key`: what was answered is kept with the change, and said again to whoever repeats it.

(draft-ietf-httpapi-idempotency-key-header)
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from sqlalchemy import insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access.grants import Principal
from shared.errors import BadIdempotencyKey, IdempotencyKeyReused
from shared.messaging.tables import idempotency_key

_KEY = re.compile(r"^[\x21-\x7e]{1,200}$")


@dataclass(frozen=True)
class Command:
    """What makes a request the same as another: its key and caller; and what it must have in common with it then."""

    key: str
    caller: str
    fingerprint: str

    @classmethod
    async def of(cls, request: Request, principal: Principal | None) -> "Command | None":
        """None without a key. Raises `BadIdempotencyKey`."""
        key = request.headers.get("idempotency-key")
        if key is None:
            return None
        if not _KEY.match(key):
            raise BadIdempotencyKey
        # The answer may be personal: the database shows it to its caller alone, known by the key without a token.
        caller = str(principal.id) if principal else f"anonymous {hashlib.sha256(key.encode()).hexdigest()}"
        parts = [request.method, str(request.url.path), request.url.query]
        fingerprint = hashlib.sha256(b"\0".join([*map(str.encode, parts), await request.body()])).hexdigest()
        return cls(key, caller, fingerprint)

    def replay(self, known: Any) -> Response:
        """What was answered: a row of `idempotency_key`. Raises `IdempotencyKeyReused` if it was to something else."""
        if known.fingerprint != self.fingerprint:
            raise IdempotencyKeyReused
        return Response(
            known.body, known.status, media_type=known.content_type, headers={"idempotent-replayed": "true"}
        )


async def kept_answers(session: AsyncSession, commands: Iterable[Command]) -> dict[tuple[str, str], Any]:
    """Rows of `idempotency_key` by key and caller, for a caller who has made sure that nobody answers them now."""
    same = [(command.key, command.caller) for command in commands]
    if not same:
        return {}
    columns = tuple_(idempotency_key.c.key, idempotency_key.c.caller)
    found = await session.execute(select(idempotency_key).where(columns.in_(same)))
    return {(row.key, row.caller): row for row in found}


async def keep_answers(session: AsyncSession, answers: Mapping[Command, Response]) -> None:
    """Keep what is answered to new commands."""
    rows = [
        {
            "key": command.key,
            "caller": command.caller,
            "fingerprint": command.fingerprint,
            "status": answer.status_code,
            "body": bytes(answer.body),
            "content_type": answer.headers.get("content-type"),
        }
        for command, answer in answers.items()
    ]
    if rows:
        await session.execute(insert(idempotency_key).inline(), rows)
