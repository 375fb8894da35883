"""What is shown of a service's rules: how they are, what they did, what they will do next."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from shared.dates import in_berlin
from shared.retention.rules import Rule
from shared.retention.runs import Past, last_runs, pasts_of
from shared.retention.schemas import RuleAnswer


async def report(session: AsyncSession, rules: Sequence[Rule]) -> list[RuleAnswer]:
    """Every rule with its last run and its next one."""
    latest = await last_runs(session)
    return [
        RuleAnswer.of(rule, latest.get(rule.slug), past, _next_run(past))
        for rule, past in await pasts_of(session, rules)
    ]


def _next_run(past: Past) -> date:
    today = in_berlin(datetime.now(UTC)).date()
    return today + timedelta(days=1) if past.ran_on(today) else today
