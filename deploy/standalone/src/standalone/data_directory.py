"""The folder that holds everything of one demo; one process at a time may use it."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import TextIO

from shared.i18n import N_

from standalone.errors import CannotStart
from standalone.postgres import EmbeddedPostgres

_LARGEST_LOG = 5_000_000  # bytes; checked at start, one older file is kept


class DataDirectory:
    """`path` and what lies in it. Opened by `lock`, closed by `unlock`; the lock also ends with the process."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.postgres = self.path / "postgres"
        self.mailbox = self.path / "mailbox"
        self.signing_key = self.path / "signing-key.json"
        self.receipt_keys = self.path / "receipt-keys"
        self.erasure_journal = self.path / "erasures.jsonl"  # beside the database: it outlives a restored backup
        self.migrated = self.path / "migrated"
        self.began = self.path / "demo-began"
        self.loaded = self.path / "demo-loaded"
        self.log = self.path / "log" / "dorfnetz.log"
        self._lock_file = self.path / "lock"
        self._lock: TextIO | None = None

    def lock(self) -> None:
        """Make the folder and claim it. Raises `CannotStart` where it belongs to somebody else or is in use."""
        if self.path.is_dir() and (owner := self.path.stat().st_uid) != os.geteuid():
            raise CannotStart(
                N_("The folder {path} belongs to another account (number {owner}). Please start as that account, or "
                   "choose another folder with DORFNETZ_DATA_DIR."),
                path=self.path, owner=owner,
            )  # fmt: skip
        self.path.mkdir(mode=0o700, exist_ok=True)
        file = self._lock_file.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            running = file.read().strip()
            file.close()
            raise CannotStart(N_("Dorfnetz is already running here: {running}"), running=running) from error
        self._lock = file
        self.say_who("…")

    def say_who(self, address: str) -> None:
        """Leave a note for whoever finds the folder locked."""
        assert self._lock is not None  # noqa: S101 - called while locked
        self._lock.truncate(0)
        self._lock.write(f"{address} (PID {os.getpid()})")
        self._lock.flush()

    def unlock(self) -> None:
        """Let the next process in."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def open_log(self) -> TextIO:
        """The log file, opened for appending."""
        self.log.parent.mkdir(exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        return self.log.open("a", encoding="utf-8")

    def delete(self) -> None:
        """Remove what a demo has put here and nothing else, also what it left elsewhere. Call it while locked."""
        EmbeddedPostgres(self.postgres).destroy()
        for folder in (self.mailbox, self.receipt_keys, self.log.parent):
            if folder.is_dir():
                shutil.rmtree(folder)
        for file in (self.signing_key, self.erasure_journal, self.migrated, self.began, self.loaded, self._lock_file):
            file.unlink(missing_ok=True)
        self.unlock()
        if not any(self.path.iterdir()):
            self.path.rmdir()
