"""What an operator sees who forgot a setting: one line that names the variable, no stack trace."""

import subprocess
import sys

import pytest
from testkit.receipts import receipt_variables

DATABASE = "postgresql+asyncpg://nobody@localhost:1/none"


@pytest.mark.parametrize(
    ("command", "environment", "variable"),
    [
        (["events", "app"], {}, "DORFNETZ_EVENTS_DATABASE_URL"),
        (["events", "worker"], {"DORFNETZ_EVENTS_DATABASE_URL": DATABASE}, "DORFNETZ_EVENTS_RECEIPT_KEY"),
        (["events", "worker"], {"DORFNETZ_EVENTS_DATABASE_URL": DATABASE, **receipt_variables()}, "DORFNETZ_AMQP_URL"),
        (["registry", "app"], {"DORFNETZ_REGISTRY_DATABASE_URL": DATABASE}, "DORFNETZ_REGISTRY_SIGNING_KEY"),
        (["notifications", "migrate"], {}, "DORFNETZ_NOTIFICATIONS_DATABASE_URL"),
        (["portal", "migrate"], {"DORFNETZ_PORTAL_DATABASE_URL": DATABASE}, "DORFNETZ_PORTAL_OWNER_DATABASE_URL"),
        (
            ["portal", "migrate"],
            {"DORFNETZ_PORTAL_DATABASE_URL": DATABASE, "DORFNETZ_PORTAL_OWNER_DATABASE_URL": DATABASE},
            "DORFNETZ_PORTAL_DATABASE_URL: the processes need another role",
        ),
    ],
)
def test_a_missing_setting_is_one_line(command: list[str], environment: dict[str, str], variable: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(variable)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
