"""A rule counts on its first day and deletes from the next day on, once a day, in parts, without harm to the rest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from shared.database import transaction
from shared.dates import in_berlin
from shared.messaging.tables import idempotency_key, inbox
from shared.messaging.transport import Sessions
from shared.retention import Emptying, Period, Removing, Rule, runs
from shared.retention.activities import OPERATION
from shared.retention.common import AUDIT_RULES, MESSAGING_RULES
from shared.retention.runs import RetentionFailed, Run, run_due, run_rule
from shared.retention.tables import retention_run

TODAY = in_berlin(datetime.now(UTC)).date()
TOMORROW = TODAY + timedelta(days=1)
RULE = Rule(
    slug="inbox",
    name="Verarbeitete Ereignisse",
    activity=OPERATION,
    data="Kennungen",
    subjects="niemand",
    recipients="niemand",
    since="nach der Verarbeitung",
    period=Period(days=60),
    removal=Removing(inbox, lambda before: inbox.c.processed_at < before),
)


async def _fill(sessions: Sessions, *ages_in_days: int) -> None:
    async with transaction(sessions) as session:
        for days in ages_in_days:
            moment = sa.func.now() - timedelta(days=days)
            await session.execute(inbox.insert().values(consumer="portal.x", event_id=uuid4(), processed_at=moment))


async def _size(sessions: Sessions, table: sa.Table = inbox) -> int:
    async with sessions() as session:
        return int(await session.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


async def test_a_new_rule_counts_first_and_deletes_the_day_after(sessions: Sessions) -> None:
    await _fill(sessions, 1, 59, 61, 400)
    assert await run_due(sessions, [RULE], day=TODAY) == [Run("inbox", dry_run=True, found=2, removed=0)]
    assert await _size(sessions) == 4
    assert await run_due(sessions, [RULE], day=TOMORROW) == [Run("inbox", dry_run=False, found=2, removed=2)]
    assert await _size(sessions) == 2


async def test_a_rule_runs_once_a_day(sessions: Sessions) -> None:
    await run_due(sessions, [RULE], day=TODAY)
    assert await run_due(sessions, [RULE], day=TODAY) == []


async def test_a_changed_rule_counts_first_again(sessions: Sessions) -> None:
    await _fill(sessions, 10)
    await run_due(sessions, [RULE], day=TODAY)
    shorter = replace(RULE, period=Period(days=5))
    assert await run_due(sessions, [shorter], day=TOMORROW) == [Run("inbox", dry_run=True, found=1, removed=0)]
    other = replace(RULE, removal=Removing(inbox, lambda before: inbox.c.processed_at <= before))
    assert len({rule.fingerprint for rule in (RULE, shorter, other)}) == 3


async def test_another_text_is_not_another_rule() -> None:
    assert replace(RULE, name="Eingang", data="Kennungen von Ereignissen").fingerprint == RULE.fingerprint


async def test_a_look_in_between_is_not_a_deletion(sessions: Sessions) -> None:
    """Else a daily `retention --dry-run` would keep everything for ever."""
    await _fill(sessions, 61)
    await run_due(sessions, [RULE], day=TODAY)
    await run_rule(sessions, RULE, dry_run=True)
    assert [run.removed for run in await run_due(sessions, [RULE], day=TOMORROW)] == [1]


async def test_it_deletes_in_parts(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "BATCH", 2)
    await _fill(sessions, *[100] * 5)
    assert await run_rule(sessions, RULE, dry_run=False) == Run("inbox", dry_run=False, found=5, removed=5)


async def test_what_somebody_works_on_is_left_for_the_next_day(sessions: Sessions) -> None:
    await _fill(sessions, 100, 100)
    async with transaction(sessions) as session:
        await session.execute(sa.select(inbox).limit(1).with_for_update())
        assert (await run_rule(sessions, RULE, dry_run=False)).removed == 1


async def test_emptying_keeps_the_row(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        old = {"key": "1", "caller": "somebody", "fingerprint": "", "body": b"Name"}
        await session.execute(idempotency_key.insert().values(**old, created_at=sa.func.now() - timedelta(days=9)))
    emptying = Emptying(
        idempotency_key,
        lambda before: (idempotency_key.c.created_at < before) & idempotency_key.c.body.is_not(None),
        {"body": None},
    )
    rule = replace(RULE, slug="answers", period=Period(days=1), removal=emptying)
    assert (await run_rule(sessions, rule, dry_run=False)).removed == 1
    async with sessions() as session:
        assert (await session.execute(sa.select(idempotency_key.c.key, idempotency_key.c.body))).all() == [("1", None)]


async def test_a_rule_that_fails_does_not_stop_the_others(sessions: Sessions) -> None:
    missing = sa.Table("missing", sa.MetaData(), sa.Column("at", sa.DateTime(timezone=True)))
    broken = replace(RULE, slug="broken", removal=Removing(missing, lambda before: missing.c.at < before))
    with pytest.raises(RetentionFailed, match="broken"):
        await run_due(sessions, [broken, RULE], day=TODAY)
    async with sessions() as session:
        assert (await session.scalars(sa.select(retention_run.c.rule))).all() == ["inbox"]


async def test_the_rules_that_every_service_has_run(sessions: Sessions) -> None:
    rules = [rule for rule in (*AUDIT_RULES, *MESSAGING_RULES) if rule.removal]
    assert len(await run_due(sessions, rules, day=TODAY)) == len(rules)
    assert {run.dry_run for run in await run_due(sessions, rules, day=TOMORROW)} == {False}


def test_a_period_is_said_in_words() -> None:
    assert [str(Period(years=3)), str(Period(months=6)), str(Period(days=1))] == ["3 Jahre", "6 Monate", "1 Tag"]
    assert RULE.kept == "60 Tage nach der Verarbeitung"
