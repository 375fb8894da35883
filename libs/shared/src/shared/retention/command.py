"""`python -m <service> retention`: run what is due today, or only look."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from shared.access.tenancy import EVERYTHING
from shared.command import load_settings
from shared.database import create_engine, create_sessions
from shared.retention.rules import Rule
from shared.retention.runs import Run, removing, run_due, run_rule
from shared.settings import Settings


def add_commands(command: typer.Typer, settings_class: type[Settings], rules: Sequence[Rule]) -> None:
    """Give a service's command line what an operator does about retention."""

    @command.command()
    def retention(
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what is over its time; delete nothing")] = False,
    ) -> None:
        """Delete what is over its time, as the worker does once a day; a new or changed rule only counts at first."""
        for run in asyncio.run(_run(load_settings(settings_class), rules, dry_run=dry_run)):
            what = f"{run.found} would be removed" if run.dry_run else f"{run.removed} of {run.found} removed"
            typer.echo(f"{run.rule}: {what}")


async def _run(settings: Settings, rules: Sequence[Rule], *, dry_run: bool) -> list[Run]:
    engine = create_engine(settings, scopes=EVERYTHING)
    sessions = create_sessions(engine)
    try:
        if dry_run:
            return [await run_rule(sessions, rule, dry_run=True) for rule in removing(rules)]
        return await run_due(sessions, rules)
    finally:
        await engine.dispose()
