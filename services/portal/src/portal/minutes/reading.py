"""The minutes of a meeting as the network's pages show them."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from shared.errors import NotFound

from portal.minutes.access import meeting_of, read_network
from portal.minutes.people import People, persons_in, read_people
from portal.networks.queries import NetworkPage
from portal.web.view import View


@dataclass(frozen=True)
class Minutes:
    """A meeting and its minutes, as the services describe them, and who may stand in them."""

    network: NetworkPage
    meeting: dict[str, Any]
    minutes: dict[str, Any]
    people: People

    @property
    def address(self) -> str:
        return f"/n/{self.network.slug}/treffen/{self.meeting['id']}/protokoll"

    @property
    def items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.minutes["content"]["items"]
        return found

    def item(self, item_id: UUID) -> dict[str, Any]:
        """One item. Raises `NotFound`."""
        for item in self.items:
            if item["id"] == str(item_id):
                return item
        raise NotFound

    @property
    def mark(self) -> str:
        """Changes with what is written: a page asks by it whether there is anything new."""
        return mark_of(self.minutes["content"])


def mark_of(content: dict[str, Any]) -> str:
    """The same for the same content."""
    return sha256(repr(content).encode()).hexdigest()[:16]


def texts_in(content: dict[str, Any]) -> list[str]:
    """Everything in which somebody may be marked."""
    tasks = [task for item in content["items"] for task in (*item["action_items"], *item["open_items"])]
    return [task["who"] for task in tasks] + [item["who"] for item in content["items"]]


async def read_minutes(view: View, network: str, meeting_id: UUID, written: dict[str, Any] | None = None) -> Minutes:
    """The minutes; with `written` (of `/notes`) only what is written just now, for somebody who has opened them.

    Raises `NotFound` and `Forbidden`.
    """
    page, meeting = await read_network(view, network), await meeting_of(view, network, meeting_id)
    minutes: dict[str, Any] = {"content": written}
    if written is None:
        minutes = await view.services.events.get(f"/meetings/{meeting_id}/minutes", token=await view.token())
    people = await read_people(view, page, persons_in(texts_in(minutes["content"])))
    return Minutes(page, meeting, minutes, people)
