"""Short names for addresses: /n/heidedoerfer/orte/groebern."""

import re
import unicodedata

from shared.access.tenancy import beyond_scopes
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from registry.database import lock

LONGEST = 60
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def slugify(name: str) -> str:
    """Lower-case ASCII words joined by hyphens; may be empty for a name without any such letter."""
    text = unicodedata.normalize("NFC", name).lower().translate(_GERMAN)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:LONGEST].strip("-")


async def unused_slug(
    session: AsyncSession, column: InstrumentedAttribute[str], name: str, *distinguished_by: str
) -> str:
    """A slug for `name` that no row has in `column`.

    Where it is taken, the names in `distinguished_by` (a village's municipality) are appended, then a number. The
    choice is safe until the end of the transaction.
    """
    base = slugify(name) or column.class_.__tablename__.replace("_", "-")
    await lock(session, f"slug {column.class_.__tablename__}", base)
    async with beyond_scopes(session, reads_only=True):  # entries that the caller does not see have names, too
        taken = set(await session.scalars(select(column).where(column.startswith(base, autoescape=True))))
    candidates = [base, *(f"{base}-{slugify(other)}" for other in distinguished_by)]
    candidates += [f"{base}-{number}" for number in range(2, len(taken) + 3)]
    return next(candidate for candidate in candidates if candidate not in taken)
