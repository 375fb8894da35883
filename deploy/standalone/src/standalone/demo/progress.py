"""How far the example data is: a line that changes on a terminal, a few lines anywhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Progress:
    """`say` prints a line; `label` stands before the numbers."""

    def __init__(self, say: Callable[[str], None], label: str) -> None:
        self._say = say
        self._label = label
        self._terminal = sys.stderr.isatty()

    @contextmanager
    def of(self, total: int) -> Iterator[Callable[[], None]]:
        """Gives the function that counts one item."""
        done = 0

        def count() -> None:
            nonlocal done
            done += 1
            if self._terminal:
                print(f"\r{self._label}: {done}/{total}", end="", file=sys.stderr, flush=True)  # noqa: T201
            elif done * 4 // total > (done - 1) * 4 // total:
                self._say(f"{self._label}: {done}/{total}")

        try:
            yield count
        finally:
            if self._terminal and done:
                print(file=sys.stderr, flush=True)  # noqa: T201
