"""Declaring what a service does about events: one `Consumer` is one queue and the functions behind it."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Event, EventData, Exchange

Handler = Callable[[AsyncSession, Event[Any]], Awaitable[None]]
H = TypeVar("H", bound=Callable[..., Awaitable[None]])


@dataclass(frozen=True)
class Retry:
    """How often a failing event is tried, and the pause after the first failure (seconds; each next one doubles)."""

    attempts: int = 6
    first_pause: float = 0.25
    longest_pause: float = 15.0

    def pause(self, attempt: int) -> float:
        """Seconds to wait after the failed attempt number `attempt` (from 1)."""
        return float(min(self.first_pause * 2 ** (attempt - 1), self.longest_pause))


@dataclass(frozen=True)
class Binding:
    """Which messages reach a queue: a pattern of AMQP topics (`*` one word, `#` any number) on an exchange."""

    exchange: Exchange
    pattern: str


class Consumer:
    """A named group of event handlers. Its queue is `<prefix>.<name>`; processes of one name share the work.

    A handler is `async def name(session, event)`. It runs in a transaction that also records the event as done, which
    the caller commits: a handler never commits. It may run again if that commit fails, and events of different
    subjects come in any order.
    """

    def __init__(self, name: str, *, retry: Retry | None = None) -> None:
        self.name = name  # <service>.<purpose>
        self.retry = retry or Retry()
        self._of_type: dict[str, tuple[type[EventData], Handler]] = {}
        self._of_all: Handler | None = None

    def on(self, *data_classes: type[EventData]) -> Callable[[H], H]:
        """Handle the events of these classes: `event.data` is an instance of the class."""

        def declare(handler: H) -> H:
            for data_class in data_classes:
                if data_class.type in self._of_type:
                    raise ValueError(f"{self.name} already handles {data_class.type}")
                self._of_type[data_class.type] = (data_class, handler)
            return handler

        return declare

    def on_every_event(self, handler: H) -> H:
        """Handle every public event: `event.data` is a plain dict."""
        if self._of_all is not None:
            raise ValueError(f"{self.name} already handles every event")
        self._of_all = handler
        return handler

    def bindings(self) -> Iterator[Binding]:
        """What the queue is bound to."""
        if self._of_all is not None:
            yield Binding(Exchange.EVENTS, "#")
        for event_type, (data_class, _) in self._of_type.items():
            if self._of_all is None or data_class.exchange is not Exchange.EVENTS:
                yield Binding(data_class.exchange, f"{event_type}.*")

    def data_classes(self) -> list[type[EventData]]:
        """The classes of events that are handled one by one."""
        return [data_class for data_class, _ in self._of_type.values()]

    def handlers_for(self, event_type: str, exchange: Exchange) -> list[tuple[Any, Handler]]:
        """The data class (`Any` for a plain dict) and the function of each handler of a type; empty if unknown."""
        found: list[tuple[Any, Handler]] = []
        if event_type in self._of_type:
            found.append(self._of_type[event_type])
        if self._of_all is not None and exchange is Exchange.EVENTS:
            found.append((Any, self._of_all))
        return found
