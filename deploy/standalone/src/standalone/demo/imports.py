"""A list that an office has uploaded, checked and not imported yet: five associations, two of them with a mistake."""

from importlib import resources

import httpx2

_IMPORTS = "/api/registry/imports"
_FILE, _NAME = "vereine.csv", "Vereine Muldestausee.csv"


async def upload_example(client: httpx2.AsyncClient, token: str) -> None:
    """Upload the list and have it checked, once. Raises `httpx2.HTTPStatusError`."""
    headers = {"authorization": f"Bearer {token}"}
    known = (await client.get(_IMPORTS, headers=headers)).raise_for_status().json()["items"]
    if any(one["file_name"] == _NAME for one in known):
        return
    content = resources.files("standalone.demo").joinpath("data", _FILE).read_bytes()
    answer = await client.post(_IMPORTS, content=content, params={"file_name": _NAME}, headers=headers)
    import_id = answer.raise_for_status().json()["id"]
    (await client.post(f"{_IMPORTS}/{import_id}/check", headers=headers)).raise_for_status()
