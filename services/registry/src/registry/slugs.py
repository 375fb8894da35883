"""Short names for addresses: /n/heidedoerfer/orte/groebern."""

import re
import unicodedata
from collections.abc import Iterable, Set
from itertools import chain, count

from shared.access.tenancy import beyond_scopes
from sqlalchemy import func, select
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
    session: AsyncSession,
    column: InstrumentedAttribute[str],
    name: str,
    *distinguished_by: str,
    own: Iterable[str] = (),
) -> str:
    """A slug for `name` that no row has in `column`, nor has had: a former one still leads to its row.

    Where it is taken, the names in `distinguished_by` (a village's municipality) are appended, then a number. `own` are
    the present and former slugs of the row itself, which it may have again. The choice is safe until the end of the
    transaction.
    """
    base = slugify(name) or column.class_.__tablename__.replace("_", "-")
    await lock(session, f"slug {column.class_.__tablename__}", base)
    async with beyond_scopes(session, reads_only=True):  # entries that the caller does not see have names, too
        taken = set(await session.scalars(select(column).where(column.startswith(base, autoescape=True))))
        if (former := getattr(column.class_, "former_slugs", None)) is not None:
            taken |= set(await session.scalars(select(func.unnest(former))))
    taken -= set(own)
    return free_slug(base, taken, *distinguished_by)


def free_slug(base: str, taken: Set[str], *distinguished_by: str) -> str:
    """`base`, or with one of the other names or else the first number behind it that is not `taken`."""
    candidates = (base, *(f"{base}-{slugify(other)}" for other in distinguished_by))
    numbered = (f"{base}-{number}" for number in count(2))
    return next(candidate for candidate in chain(candidates, numbered) if candidate not in taken)
