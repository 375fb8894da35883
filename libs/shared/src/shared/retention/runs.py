"""Running the rules: each once a day, a new or changed one first without deleting anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database import transaction
from shared.dates import in_berlin
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer
from shared.retention.rules import Rule
from shared.retention.tables import retention_run

LOOKS_EVERY = 3600.0  # seconds: a rule runs with the first look of a day
FIRST_LOOK_AFTER = 60.0  # seconds: a worker that starts has events to catch up with, and dozens of rules can wait
BATCH = 5000

log = structlog.get_logger(__name__)


class RetentionFailed(Exception):
    """Some rules could not be run; they are tried again with the next look."""


@dataclass(frozen=True)
class Run:
    """What one run of a rule did: in a dry run nothing is removed, whatever was found."""

    rule: str
    dry_run: bool
    found: int
    removed: int


@dataclass(frozen=True)
class Past:
    """The runs of a rule as it is declared now: the first one, and the last of each kind."""

    first_at: datetime | None = None
    counted_at: datetime | None = None  # a dry run
    removed_at: datetime | None = None

    def ran_on(self, day: date) -> bool:
        """Whether it did on this day what it has to do then: a look in between is not a deletion."""
        done_at = self.removed_at if self.deletes_on(day) else self.counted_at
        return done_at is not None and in_berlin(done_at).date() == day

    def deletes_on(self, day: date) -> bool:
        """From the day after the first dry run on: until then somebody can look at its report and object."""
        return self.first_at is not None and in_berlin(self.first_at).date() < day


def timer(rules: Sequence[Rule]) -> Timer:
    """For the service's worker."""

    async def run(sessions: Sessions) -> None:
        await run_due(sessions, rules)

    return Timer("retention", LOOKS_EVERY, run, first_after=FIRST_LOOK_AFTER)


async def run_due(sessions: Sessions, rules: Sequence[Rule], *, day: date | None = None) -> list[Run]:
    """Run every rule that has not run on this `day` (today in Germany). Raises `RetentionFailed` after the others."""
    day = day or in_berlin(datetime.now(UTC)).date()
    runs, failed = [], []
    async with transaction(sessions) as session:
        pasts = await pasts_of(session, removing(rules))
    for rule, past in pasts:
        if past.ran_on(day):
            continue
        try:
            runs.append(await run_rule(sessions, rule, dry_run=not past.deletes_on(day)))
        except Exception as error:
            log.exception("retention.failed", rule=rule.slug, exc_info=error)
            failed.append(rule.slug)
    if failed:
        raise RetentionFailed(", ".join(failed))
    return runs


async def run_rule(sessions: Sessions, rule: Rule, *, dry_run: bool) -> Run:
    """Count, remove in small transactions unless it is a `dry_run`, and write the report."""
    async with transaction(sessions) as session:
        found = await rule.count(session)
    removed = 0 if dry_run else await _remove_all(sessions, rule)
    run = Run(rule.slug, dry_run, found, removed)
    async with transaction(sessions) as session:
        values = {"rule": rule.slug, "fingerprint": rule.fingerprint, "dry_run": dry_run}
        await session.execute(sa.insert(retention_run).values(**values, found=found, removed=removed))
    log.info("retention.ran", rule=rule.slug, dry_run=dry_run, found=found, removed=removed)
    return run


async def _remove_all(sessions: Sessions, rule: Rule) -> int:
    removed = 0
    while True:
        async with transaction(sessions) as session:
            batch = await rule.remove(session, BATCH)
        removed += batch
        if batch < BATCH:
            return removed


def removing(rules: Sequence[Rule]) -> list[Rule]:
    """The rules that delete something by themselves."""
    return [rule for rule in rules if rule.removal is not None]


async def pasts_of(session: AsyncSession, rules: Sequence[Rule]) -> list[tuple[Rule, Past]]:
    """When each rule ran since it was last changed."""
    moment, dry = retention_run.c.ran_at, retention_run.c.dry_run
    last = sa.func.max(moment)
    declared = retention_run.c.rule, retention_run.c.fingerprint
    runs = sa.select(*declared, sa.func.min(moment), last.filter(dry), last.filter(~dry)).group_by(*declared)
    pasts = {(slug, fingerprint): Past(*times) for slug, fingerprint, *times in await session.execute(runs)}
    return [(rule, pasts.get((rule.slug, rule.fingerprint), Past())) for rule in rules]


async def last_runs(session: AsyncSession) -> dict[str, sa.Row[Any]]:
    """The newest run of each rule, by its slug."""
    newest = sa.select(retention_run).ext(distinct_on(retention_run.c.rule))
    rows = await session.execute(newest.order_by(retention_run.c.rule, retention_run.c.id.desc()))
    return {row.rule: row for row in rows}
