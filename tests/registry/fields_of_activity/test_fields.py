"""The list of fields of activity that every deployment starts with."""

from typing import Any

import httpx2
from shared.contracts.registry import FieldOfActivityListed


async def test_the_fourteen_areas_of_the_freiwilligensurvey(anybody: httpx2.AsyncClient, outbox: Any) -> None:
    fields = (await anybody.get("/fields-of-activity")).json()["items"]
    assert len(fields) == 14
    assert fields[0]["name"] == "Sport und Bewegung"
    told = await outbox.of(FieldOfActivityListed)
    assert [(str(event.data.field_id), event.data.slug) for event in told] == [(f["id"], f["slug"]) for f in fields]
