"""Run the tests: find or start the servers once, run pytest on all cores, stop what was started.

`tests/run.py [arguments for pytest]`; without arguments everything runs.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from testkit.processes import CannotStart  # noqa: E402
from testkit.servers import Missing, Servers  # noqa: E402

PATIENCE = 60  # seconds that pytest gets to end after Ctrl-C


def main(arguments: list[str]) -> int:
    """The exit code of pytest; 2 when a server is missing; 130 after Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background jobs with SIGINT ignored
    signal.signal(signal.SIGTERM, _terminated)
    servers = Servers()
    try:
        servers.prepare(browser=True)
        servers.start_all()
        return _pytest(arguments)
    except (Missing, CannotStart) as problem:
        sys.stderr.write(f"make test: {problem}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        servers.close()


def _terminated(*_: object) -> None:
    raise KeyboardInterrupt("SIGTERM")


def _pytest(arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-n", "auto", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ)
    try:
        return process.wait()
    except KeyboardInterrupt as interruption:
        if interruption.args:  # Ctrl-C reaches pytest by itself, a SIGTERM for this process does not
            process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
        raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
