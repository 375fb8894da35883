"""Declaring what a service does about events: one `Consumer` is one queue and the functions behind it."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Event, EventData, Exchange

Handler = Callable[[AsyncSession, Event[Any]], Awaitable[None]]
BatchHandler = Callable[[AsyncSession, Sequence[Event[Any]]], Awaitable[None]]
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


@dataclass(frozen=True, slots=True)
class Call:
    """A function that handles an event, and what `event.data` is for it (`Any`: a plain dict)."""

    function: Callable[..., Awaitable[None]]
    data_class: Any
    takes_batch: bool = False


class Consumer:
    """A named group of event handlers. Its queue is `<prefix>.<name>`; processes of one name share the work.

    A handler is `async def name(session, event)`. It runs in a transaction that also records the event as done, which
    the caller commits: a handler never commits. It may run again if that commit fails, and events of different
    subjects come in any order.
    """

    def __init__(self, name: str, *, retry: Retry | None = None) -> None:
        self.name = name  # <service>.<purpose>
        self.retry = retry or Retry()
        self._of_type: dict[str, Call] = {}
        self._of_all: Call | None = None

    def on(self, *data_classes: type[EventData]) -> Callable[[H], H]:
        """Handle the events of these classes: `event.data` is an instance of the class."""
        return self._declare(data_classes, takes_batch=False)

    def on_batch(self, *data_classes: type[EventData]) -> Callable[[H], H]:
        """Handle many events of these classes at once: `async def name(session, events)`.

        For read models that are written in bulk. The events come in the order of their subjects and sequences, after
        the handlers that take one event; a batch that fails is halved, so the function also gets single events.
        """
        return self._declare(data_classes, takes_batch=True)

    def _declare(self, data_classes: tuple[type[EventData], ...], *, takes_batch: bool) -> Callable[[H], H]:
        def declare(handler: H) -> H:
            for data_class in data_classes:
                if data_class.type in self._of_type:
                    raise ValueError(f"{self.name} already handles {data_class.type}")
                self._of_type[data_class.type] = Call(handler, data_class, takes_batch)
            return handler

        return declare

    def on_every_event(self, handler: H) -> H:
        """Handle every public event: `event.data` is a plain dict."""
        if self._of_all is not None:
            raise ValueError(f"{self.name} already handles every event")
        self._of_all = Call(handler, Any)
        return handler

    def bindings(self) -> Iterator[Binding]:
        """What the queue is bound to."""
        if self._of_all is not None:
            yield Binding(Exchange.EVENTS, "#")
        for event_type, call in self._of_type.items():
            if self._of_all is None or call.data_class.exchange is not Exchange.EVENTS:
                yield Binding(call.data_class.exchange, f"{event_type}.*")

    def data_classes(self) -> list[type[EventData]]:
        """The classes of events that are handled one by one."""
        return [call.data_class for call in self._of_type.values()]

    def calls_for(self, event_type: str, exchange: Exchange) -> list[Call]:
        """What handles an event of a type that came over an exchange; empty if nothing does."""
        found: list[Call] = []
        if event_type in self._of_type:
            found.append(self._of_type[event_type])
        if self._of_all is not None and exchange is Exchange.EVENTS:
            found.append(self._of_all)
        return found
