"""Install what is missing on Debian or Ubuntu, without starting any of its services."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")  # Debian policy 9.3: exit code 101 forbids to start a service


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str]) -> str | None:
    """Install packages; returns None, or the last line of apt's complaint."""
    services_before = _enabled_services()
    with _no_services_started():
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *packages],
        ):
            done = subprocess.run(
                command,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                return (done.stderr.strip() or done.stdout.strip() or "apt-get failed").splitlines()[-1]
    for service in _enabled_services() - services_before:
        subprocess.run(["systemctl", "disable", service], capture_output=True, check=False)
    return None


@contextmanager
def _no_services_started() -> Iterator[None]:
    if POLICY.exists():
        yield  # the machine has a rule of its own (container images do): leave it
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def _enabled_services() -> set[str]:
    """Units that the next boot would start: what we install shall not be among them."""
    if shutil.which("systemctl") is None:
        return set()
    listing = subprocess.run(
        ["systemctl", "list-unit-files", "--state=enabled", "--no-legend", "--no-pager"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return {line.split()[0] for line in listing.splitlines() if line.strip()}
