"""Start server programs as an ordinary user, so that they end with the process that started them."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

UNPRIVILEGED = "nobody"  # who runs the servers when the tests run as root: PostgreSQL refuses root
PR_SET_PDEATHSIG = 1
# The kernel gives that signal when the thread ends that made the child, so one thread that never ends makes all.
_SPAWNER = ThreadPoolExecutor(1)


class CannotStart(Exception):
    """A server could not be started; the text says why in one line."""


def is_root() -> bool:
    return os.geteuid() == 0


def identity() -> dict[str, Any]:
    """Keyword arguments for `subprocess` that give up root, empty for an ordinary user."""
    if not is_root():
        return {}
    account = pwd.getpwnam(UNPRIVILEGED)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def private_directory(purpose: str) -> Path:
    """A new directory in the system's temporary directory that belongs to the user who runs the servers."""
    directory = Path(tempfile.mkdtemp(prefix=f"dorfnetz-{purpose}-"))
    give_away(directory)
    return directory


def give_away(path: Path) -> None:
    """Hand a file or directory of ours to the user who runs the servers."""
    if is_root():
        account = pwd.getpwnam(UNPRIVILEGED)
        os.chown(path, account.pw_uid, account.pw_gid)


def reachable(path: Path) -> bool:
    """Whether the user who runs the servers may reach `path`: what is below /root is closed to others."""
    return not is_root() or all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def free_port() -> int:
    """A TCP port on the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, cwd: Path, timeout: float = 60
) -> str:
    """Run a program of a server to its end and return what it printed. Raises `CannotStart` with its last lines."""
    done = subprocess.run(
        [str(part) for part in command],
        env=environment,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
        **identity(),
    )
    if done.returncode:
        tail = " | ".join(done.stdout.strip().splitlines()[-3:])
        raise CannotStart(f"{Path(command[0]).name} failed: {tail}")
    return str(done.stdout)


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    cwd: Path,
    dying_signal: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own: Ctrl-C does not reach it, and it gets `dying_signal` when we die."""

    def spawn() -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                [str(part) for part in command],
                env=environment,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(dying_signal),
                **identity(),
            )

    return _SPAWNER.submit(spawn).result()


def _die_with_parent(dying_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(dying_signal)) and None


def end(process: subprocess.Popen[bytes], stop_signal: signal.Signals, *, patience: float = 20) -> None:
    """Ask a server to stop; kill its whole session when it does not within `patience` seconds."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of a server with everything in its session's process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def wait_until(
    ready: Callable[[], bool], *, seconds: float, what: str, process: subprocess.Popen[bytes] | None
) -> None:
    """Poll until `ready`, or raise `CannotStart` after `seconds` or as soon as the process has ended."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process is not None and process.poll() is not None:
            raise CannotStart(f"{what} ended at once with exit code {process.returncode}")
        if time.monotonic() > deadline:
            raise CannotStart(f"{what} was not ready within {seconds:.0f} s")
        time.sleep(0.1)


def remove(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
