"""Lists that staff keep, and who of them is written to."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
from events.invitations.handlers import issue_late
from events.merging.organisations import consumer as mergers
from shared.contracts.envelope import create_event
from shared.contracts.events import InvitationIssued, PersonInvited
from shared.contracts.registry import (
    ContactDismissed,
    MergedContact,
    OrganisationMerged,
    PersonMerged,
    VolunteerWithdrawn,
)
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.events.conftest import NETWORK

Sessions = async_sessionmaker[AsyncSession]


async def keep(client: httpx2.AsyncClient, name: str = "Presse", **members: Any) -> dict[str, Any]:
    named = {key: [str(one) for one in ids] for key, ids in members.items()}
    answer = await client.post("/mailing-lists", json={"network": NETWORK, "name": name, **named})
    assert answer.status_code == 201, answer.text
    kept: dict[str, Any] = answer.json()
    return kept


def of_list(kept: dict[str, Any]) -> dict[str, Any]:
    return {"role": "mailing_list", "mailing_list_id": kept["id"]}


async def test_a_list_reaches_organisations_contacts_and_volunteers(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any, outbox: Any, sessions: Sessions
) -> None:
    contact, organisation = await people.speaks(registry.gossa)
    second = await registry.appoint(organisation)
    alone, _ = await people.speaks(registry.krina)
    gone, _ = await people.speaks(registry.krina)
    helper, withdrawn = await people.helps(registry.gossa), await people.helps(registry.krina)
    moved = await people.helps(uuid4())  # helps in another network: not ours to write to
    kept = await keep(
        coordinator,
        organisation_ids=[organisation],
        contact_ids=[alone, gone],
        volunteer_ids=[people.volunteers[one] for one in (helper, withdrawn, moved)],
    )
    left = people.volunteers[withdrawn]
    await registry.tell(VolunteerWithdrawn(volunteer_id=left), subject=left, sequence=2)
    await registry.tell(ContactDismissed(contact_id=gone, organisation_id=uuid4()), subject=gone, sequence=2)
    meeting = await drafted(of_list(kept))
    (await coordinator.post(f"{meeting}/publication")).raise_for_status()
    assert {event.data.contact_id for event in await outbox.of(InvitationIssued)} == {contact, second, alone}
    assert {event.data.person_id for event in await outbox.of(PersonInvited)} == {helper}

    newcomer, _ = await people.speaks(registry.gossa)
    change = {key: kept[key] for key in ("name", "organisation_ids", "volunteer_ids", "version")}
    change["contact_ids"] = [str(newcomer)]
    (await coordinator.put(f"/mailing-lists/{kept['id']}", json=change)).raise_for_status()
    await issue_late(sessions)
    assert newcomer in {event.data.contact_id for event in await outbox.of(InvitationIssued)}


async def test_lists_are_named_kept_and_removed(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any
) -> None:
    contact, _ = await people.speaks(registry.gossa)
    kept = await keep(coordinator, "Presse", contact_ids=[contact])
    await keep(coordinator, "Feuerwehren")
    found = (await coordinator.get("/mailing-lists", params={"network": NETWORK})).json()["items"]
    assert [one["name"] for one in found] == ["Feuerwehren", "Presse"]
    again = await coordinator.post("/mailing-lists", json={"network": NETWORK, "name": "PRESSE"})
    assert (again.status_code, again.json()["code"]) == (409, "list_name_taken")
    change = {"name": "Presse und Funk", "contact_ids": [str(contact)], "version": kept["version"]}
    (await coordinator.put(f"/mailing-lists/{kept['id']}", json=change)).raise_for_status()
    late = await coordinator.put(f"/mailing-lists/{kept['id']}", json=change)
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    unknown = await coordinator.post(
        "/mailing-lists", json={"network": NETWORK, "name": "Neu", "contact_ids": [str(uuid4())]}
    )
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_member")
    meeting = await drafted(of_list(kept), {"role": "staff"})
    assert (await coordinator.delete(f"/mailing-lists/{kept['id']}")).status_code == 204
    assert [group["role"] for group in (await coordinator.get(f"{meeting}/audience")).json()["groups"]] == ["staff"]
    assert (await coordinator.get(f"/mailing-lists/{kept['id']}")).status_code == 404


async def test_lists_belong_to_their_network(
    coordinator: httpx2.AsyncClient, stranger: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any
) -> None:
    await registry.found_network()
    kept = await keep(coordinator)
    address = f"/mailing-lists/{kept['id']}"
    assert (await stranger.get("/mailing-lists", params={"network": NETWORK})).status_code == 403
    assert (await stranger.get(address)).status_code == 404
    assert (await stranger.put(address, json={"name": "Meine"})).status_code == 404
    assert (await stranger.delete(address)).status_code == 404
    assert (await coordinator.get(address)).json()["name"] == "Presse"


async def test_merged_entries_stand_on_a_list_once(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, outbox: Any, drafted: Any, sessions: Sessions
) -> None:
    former, into = await people.helps(registry.gossa), await people.helps(registry.gossa)
    theirs, organisation = await people.speaks(registry.gossa, person=former)
    mine, other = await people.speaks(registry.gossa, person=into)
    kept = await keep(
        coordinator,
        organisation_ids=[organisation, other],
        contact_ids=[theirs, mine],
        volunteer_ids=[people.volunteers[former]],
    )
    merged = PersonMerged(
        person_id=former,
        into_person_id=into,
        contacts=[MergedContact(contact_id=theirs, into_contact_id=mine)],
    )
    await registry.tell(merged, subject=former)
    told = OrganisationMerged(organisation_id=organisation, into_organisation_id=other)
    event = create_event(told, subject=organisation, sequence=2)
    delivery = Delivery(type(told).exchange, event.routing_key, event.to_bytes())
    assert await Inbox(mergers, sessions).process([delivery]) == [DONE]
    now = (await coordinator.get(f"/mailing-lists/{kept['id']}")).json()
    assert now["organisation_ids"] == [str(other)]
    assert now["contact_ids"] == [str(mine)]
    assert now["volunteer_ids"] == [str(people.volunteers[into])]


async def test_two_entries_of_one_person_keep_one_invitation(
    coordinator: httpx2.AsyncClient, registry: Any, people: Any, drafted: Any, outbox: Any, sessions: Sessions
) -> None:
    """A volunteer and a contact are found to be one person: the answer that was given last counts."""
    former, into = await people.helps(registry.gossa), uuid4()
    await people.speaks(registry.gossa, person=into)
    meeting = await drafted({"role": "volunteers"}, {"role": "contacts"})
    (await coordinator.post(f"{meeting}/publication")).raise_for_status()
    (told,) = await outbox.of(PersonInvited)
    answer = {"reply_token": told.data.reply_token, "answer": "accepted"}
    (await coordinator.post("/invitations/answer", json=answer)).raise_for_status()
    await registry.tell(PersonMerged(person_id=former, into_person_id=into), subject=former)
    (item,) = (await coordinator.get(f"{meeting}/invitations")).json()["items"]
    assert (UUID(item["person_id"]), item["answer"]) == (into, "accepted")
    await issue_late(sessions)
    assert len((await coordinator.get(f"{meeting}/invitations")).json()["items"]) == 1
