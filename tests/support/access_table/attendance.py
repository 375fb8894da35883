"""Who came to the meetings of the test district, and the codes that there are."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx2
import sqlalchemy as sa
from events.registrations.model import Registration

if TYPE_CHECKING:
    from access_table.world import World


async def fill_attendance(world: "World", officer: httpx2.AsyncClient) -> None:
    """A guest came to the past meeting and got a certificate; the next one has a code at its door."""
    for place in world.places.values():
        if "network" not in place.things:
            continue
        network, past = place.scopes["network"], f"/meetings/{place['past']}"
        name = f"Gastkanarie {place.name}"
        came = await _post(officer, f"{past}/attendance/guests", name=name)
        place.put("came", came["id"], network)
        place.hide(name, "came")
        issued = await _post(officer, f"{past}/certificates", items=[{"entry_id": came["id"], "name": name}])
        place.put("certificate_code", issued["items"][0]["code"], [])
        place.put("door_code", (await _post(officer, f"/meetings/{place['meeting']}/door-codes"))["code"], [])
        async with world.workers["events"].sessions() as session:
            code = sa.select(Registration.check_in_code).where(Registration.id == UUID(place["registration"]))
            place.put("check_in_code", await session.scalar(code), [])


async def _post(client: httpx2.AsyncClient, path: str, /, **body: Any) -> Any:
    return (await client.post(path, json=body)).raise_for_status().json()
