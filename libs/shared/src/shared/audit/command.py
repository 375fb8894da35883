"""`python -m <service> verify-audit`: is the audit log what was written?"""

import asyncio
from typing import Annotated

import typer

from shared.access.tenancy import EVERYTHING
from shared.audit.chain import Verdict, verify
from shared.command import load_settings
from shared.database import create_engine, create_sessions
from shared.settings import Settings

ExpectedHead = Annotated[
    str | None, typer.Option("--expect-head", help="A head told earlier, by this command, the log or the report")
]


def add_commands(command: typer.Typer, settings_class: type[Settings]) -> None:
    """Give a service's command line what an operator does with the audit log."""

    @command.command("verify-audit")
    def verify_audit(expect_head: ExpectedHead = None) -> None:
        """Recompute the whole chain; print how many entries there are and the head, or what is broken."""
        verdict = asyncio.run(_verify(load_settings(settings_class), expect_head))
        if not verdict.holds:
            typer.echo(f"entry {verdict.broken_at}: {verdict.reason}", err=True)
            raise SystemExit(1)
        typer.echo(f"{verdict.count} entries, head {verdict.head}")


async def _verify(settings: Settings, expected_head: str | None) -> Verdict:
    engine = create_engine(settings, scopes=EVERYTHING)
    try:
        async with create_sessions(engine)() as session:
            return await verify(session, expected_head)
    finally:
        await engine.dispose()
