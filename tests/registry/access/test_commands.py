"""The commands of an operator, as processes."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from pydantic import ValidationError
from registry.app import create_app
from registry.logins.model import ExternalIdentity
from registry.people.queries import persons_by_email
from registry.settings import RegistrySettings
from registry.signing_keys import read_keys
from shared.access.tokens import create_signing_key
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.clients import Clients


def command(url: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "registry", *arguments],
        env={**os.environ, "DORFNETZ_REGISTRY_DATABASE_URL": url, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_the_first_officer_logs_in_by_a_printed_link(
    settings: RegistrySettings, anybody: httpx2.AsyncClient
) -> None:
    url, name = settings.database_url, "Olga Amt"
    for _ in range(2):  # repeating it changes nothing
        created = await asyncio.to_thread(command, url, "create-officer", "--name", name, "--email", "o@lk.example")
        assert created.returncode == 0, created.stderr
    door = {"DORFNETZ_PUBLIC_URL": "https://netz.lk.example/"}
    link = await asyncio.to_thread(command, url, "login-link", "--email", "O@lk.example", **door)
    found = re.fullmatch(r"https://netz\.lk\.example/anmelden\?code=(\S+)\n", link.stdout)
    assert found, link.stderr
    answer = await anybody.post("/auth/token", json={"grant_type": "login_code", "code": found[1]})
    me = await anybody.get("/me", headers={"authorization": f"Bearer {answer.json()['access_token']}"})
    assert (me.json()["name"], [grant["role"] for grant in me.json()["grants"]]) == (name, ["district_officer"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("login-link", "--email", "niemand@lk.example"),
        ("login-link", "--email", "keine Adresse"),
        ("create-officer", "--name", "", "--email", "o@lk.example"),
        ("create-officer", "--name", "Olga Amt", "--email", "x"),
    ],
)
def test_a_wrong_argument_is_one_clear_line(service_database: Callable[[str], str], arguments: tuple[str, ...]) -> None:
    done = command(service_database("registry"), *arguments)
    assert done.returncode == 2
    assert re.fullmatch(r"registry: .+\n", done.stderr)


async def test_a_new_key_signs(service_database: Callable[[str], str], client_for: Clients, tmp_path: Path) -> None:
    url = service_database("registry")
    printed = await asyncio.to_thread(command, url, "create-signing-key")
    app = create_app(RegistrySettings(database_url=url, signing_key=printed.stdout))
    published = (await (await client_for(app)).get("/.well-known/jwks.json")).json()["keys"][0]
    assert published["kid"] == json.loads(printed.stdout)["kid"]


def test_a_key_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = create_signing_key().as_dict(private=True)
    (tmp_path / "key").write_text(json.dumps(key))
    monkeypatch.setenv("DORFNETZ_REGISTRY_DATABASE_URL", "postgresql+asyncpg://x")
    monkeypatch.setenv("DORFNETZ_REGISTRY_SIGNING_KEY_FILE", str(tmp_path / "key"))
    assert [found.kid for found in RegistrySettings().signing_keys()] == [key["kid"]]


@pytest.mark.parametrize("wrong", ["", "no json", "[]", "{}", '{"keys": []}', '{"kty": "OKP"}', "null", "PUBLIC"])
def test_a_wrong_key_is_refused_without_being_shown(wrong: str) -> None:
    if wrong == "PUBLIC":
        wrong = json.dumps(create_signing_key().as_dict(private=False))
    with pytest.raises(ValidationError) as refused:
        RegistrySettings(database_url="postgresql+asyncpg://x", signing_key=wrong)
    assert "not a private Ed25519 key" in str(refused.value.errors()[0]["msg"])


def test_without_a_key_nothing_is_served() -> None:
    with pytest.raises(ValueError, match="create-signing-key"):
        create_app(RegistrySettings(database_url="postgresql+asyncpg://x@localhost/x", signing_key=None))


async def test_a_key_rotates_step_by_step(service_database: Callable[[str], str]) -> None:
    url, old = service_database("registry"), json.dumps(create_signing_key().as_dict(private=True))

    async def step(name: str, configured: str) -> tuple[str, list[str]]:
        done = await asyncio.to_thread(
            command, url, "rotate-signing-key", name, DORFNETZ_REGISTRY_SIGNING_KEY=configured
        )
        assert done.returncode == 0, done.stderr
        return done.stdout, [key.kid or "" for key in read_keys(done.stdout)]

    first = json.loads(old)["kid"]
    announced, kids = await step("announce", old)
    second = kids[1]
    assert (kids[0], len(kids)) == (first, 2)
    used, kids = await step("use", announced)
    assert kids == [second, first]
    _, kids = await step("retire", used)
    assert kids == [second]


def test_there_is_nothing_to_rotate_without_a_key(service_database: Callable[[str], str]) -> None:
    done = command(service_database("registry"), "rotate-signing-key", "use")
    assert (done.returncode, done.stdout) == (2, "")
    assert "DORFNETZ_REGISTRY_SIGNING_KEY is missing" in done.stderr


async def test_an_account_of_the_login_provider_is_forgotten(
    settings: RegistrySettings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    url = settings.database_url
    await asyncio.to_thread(command, url, "create-officer", "--name", "Olga Amt", "--email", "o@lk.example")
    async with transaction(sessions) as session:
        (person,) = await persons_by_email(session, "o@lk.example")
        session.add(ExternalIdentity(person_id=person.id, issuer="https://login.example", subject="olga"))
    for number in (1, 0):
        forgotten = await asyncio.to_thread(command, url, "forget-identity", "--email", "O@lk.example")
        assert forgotten.stdout == f"Olga Amt: {number}\n", forgotten.stderr
