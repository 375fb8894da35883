"""What the deployment's files promise, read without running them: small rights, pinned images, no password."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from events.settings import EventsSettings
from notifications.settings import NotificationsSettings
from portal.settings import PortalSettings
from registry.settings import RegistrySettings
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE_FOLDER = ROOT / "deploy/compose"
COMPOSE_FILES = [COMPOSE_FOLDER / f"docker-compose{kind}.yml" for kind in ("", ".demo", ".login")]
DOCKERFILES = [ROOT / "Dockerfile", COMPOSE_FOLDER / "front-door/Dockerfile", ROOT / "tests/deploy/mailpit/Dockerfile"]
SCRIPTS = [COMPOSE_FOLDER / "make-secrets", COMPOSE_FOLDER / "postgres/create-databases.sh"]
SERVICES = ("registry", "events", "notifications", "portal")
# What newer versions of Compose know and docker-compose 1.29 refuses.
TOO_NEW = {"name", "include", "models", "develop", "start_interval", "post_start", "pre_stop"}


def described() -> list[Any]:
    """Every service of the compose files with its name."""
    files = [yaml.safe_load(path.read_text()) for path in COMPOSE_FILES]
    return [
        pytest.param(name, service, id=name)
        for file in files
        for name, service in file["services"].items()
        if "image" in service
    ]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(COMPOSE_FILES[0].read_text())
    return document


def run(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], text=True, capture_output=True, timeout=300, **options)


def program(name: str) -> str:
    """A development tool: beside this interpreter, else on the path."""
    return str(found) if (found := Path(sys.executable).parent / name).exists() else name


@pytest.mark.parametrize("path", COMPOSE_FILES, ids=lambda path: path.name)
def test_compose_files_keep_to_the_specification(path: Path) -> None:
    checked = run(program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", path)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", COMPOSE_FILES, ids=lambda path: path.name)
def test_compose_files_are_understood_by_1_29(path: Path) -> None:
    def keys(value: Any, inside: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        for key, child in value.items() if isinstance(value, dict) else ():
            yield (*inside, key)
            yield from keys(child, (*inside, key))

    used = [*keys(yaml.safe_load(path.read_text()))]
    assert not [key for key in used if key[-1] in TOO_NEW]
    assert not [key for key in used if "depends_on" in key and key[-1] == "restart"]


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
def test_nothing_starts_without_secrets(tmp_path: Path) -> None:
    for path in COMPOSE_FILES:
        shutil.copy(path, tmp_path)
    (tmp_path / "front-door").mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    refused = run("docker-compose", "config", cwd=tmp_path, env=environment)
    assert refused.returncode != 0
    assert "make-secrets" in refused.stderr
    (tmp_path / ".env").write_text((COMPOSE_FOLDER / "env.example").read_text())
    accepted = run("docker-compose", "-f", COMPOSE_FILES[0].name, "-f", COMPOSE_FILES[1].name, "config", cwd=tmp_path)
    assert accepted.returncode == 0, accepted.stderr


@pytest.mark.parametrize(("name", "service"), described())
def test_containers_have_the_least_rights(name: str, service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]
    if name in ("postgres", "rabbitmq"):  # begin as root to take over their volumes, then become users of their own
        assert set(service["cap_add"]) == {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}
    else:
        assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", service["user"])
        assert "cap_add" not in service


@pytest.mark.parametrize(("name", "service"), described())
def test_containers_come_back_and_say_whether_they_work(name: str, service: dict[str, Any]) -> None:
    if name.endswith("-migrate") or service.get("profiles") == ["operator"]:
        assert service["restart"] == "no"
        return
    assert service["restart"] == ("on-failure" if name == "demo-data" else "unless-stopped")
    if name not in ("demo-data", "mailpit"):  # the image of Mailpit brings its own check
        assert service["healthcheck"]["test"]
        assert service["healthcheck"]["start_period"]


@pytest.mark.parametrize(("name", "service"), described())
def test_images_are_pinned(name: str, service: dict[str, Any]) -> None:
    tag = service["image"].rpartition(":")[2]
    assert tag not in ("", "latest", service["image"])
    assert re.search(r"\d", tag)


@pytest.mark.parametrize(("name", "service"), described())
def test_ports_are_open_to_this_machine_only_unless_the_operator_says_so(name: str, service: dict[str, Any]) -> None:
    for port in service.get("ports", ()):
        assert port.startswith(("127.0.0.1:", "${DORFNETZ_BIND:-127.0.0.1}:", "${DORFNETZ_AMQP_BIND:-127.0.0.1}:"))


@pytest.mark.parametrize(("name", "service"), described())
def test_secrets_come_from_files(name: str, service: dict[str, Any]) -> None:
    for variable, value in service.get("environment", {}).items():
        if re.search("PASSWORD|SECRET|KEY|TOKEN|DATABASE_URL|AMQP_URL", variable):
            assert variable.endswith("_FILE"), variable
            assert value.removeprefix("/run/secrets/") in service["secrets"], variable


def test_no_file_holds_a_password() -> None:
    texts = {
        path: path.read_text() for path in (*COMPOSE_FILES, *DOCKERFILES, *SCRIPTS, COMPOSE_FOLDER / "env.example")
    }
    for path, text in texts.items():
        assert not re.search(r"://[^\s:/@$\"']+:[^\s@$\"'(\\]+@", text), path
    users = json.loads((ROOT / "deploy/rabbitmq/definitions.json").read_text())["users"]
    assert {user["password"] for user in users} == {f"@{user['name']}@" for user in users}
    assert not any("password_hash" in user for user in users)


def test_databases_and_broker_are_reached_by_those_who_need_them(compose: dict[str, Any]) -> None:
    assert all(compose["networks"][name]["internal"] for name in ("front", "database", "broker"))

    def members(network: str) -> set[str]:
        return {name for name, service in compose["services"].items() if network in service["networks"]}

    workers = {f"{service}-worker" for service in SERVICES}
    assert members("broker") == workers | {"rabbitmq", "dead-letters"}
    # The workers read the registry's event log for erasures that a restored backup does not know.
    assert members("front") == {*SERVICES, "front-door", *(workers - {"registry-worker"})}
    assert members("database") == {*SERVICES, *workers, *(f"{service}-migrate" for service in SERVICES), "postgres"}
    assert members("outside") == {"front-door", "rabbitmq"}
    with_provider = yaml.safe_load(COMPOSE_FILES[2].read_text())["services"]
    asking = {"registry", "portal"}  # the office's login provider; without one they stay inside
    assert {name for name, service in with_provider.items() if "outside" in service["networks"]} == asking
    assert members("mail") == {"notifications-worker", "mailpit"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_gets_only_the_secrets_of_its_service(compose: dict[str, Any], service: str) -> None:
    for role in ("", "-worker", "-migrate"):
        secrets = compose["services"][f"{service}{role}"]["secrets"]
        assert all(secret.startswith((f"{service}_", "smtp_")) for secret in secrets)
        assert (f"{service}_owner_database_url" in secrets) is (role == "-migrate")
    assert "registry_signing_key" not in compose["services"]["registry-worker"]["secrets"]


@pytest.mark.parametrize("service", SERVICES)
def test_only_the_worker_can_sign_receipts(compose: dict[str, Any], service: str) -> None:
    having = {
        name for name, found in compose["services"].items() if f"{service}_receipt_key" in found.get("secrets", ())
    }
    assert having == {f"{service}-worker"}


def test_the_journal_of_erasures_lies_in_a_volume_of_its_own(compose: dict[str, Any]) -> None:
    """A restored volume of the database must not take it along."""
    worker = compose["services"]["registry-worker"]
    volume, _, folder = worker["volumes"][0].partition(":")
    assert worker["environment"]["DORFNETZ_ERASURE_JOURNAL"].startswith(f"{folder}/")
    using = {
        name for name, found in compose["services"].items() if any(volume in each for each in found.get("volumes", ()))
    }
    assert using == {"registry-worker"}
    assert volume in compose["volumes"]


def test_every_service_knows_who_answers_for_the_processing(compose: dict[str, Any]) -> None:
    """Each serves its part of the register (Art. 30 GDPR), which names the operator: they all read the same file."""
    for service in SERVICES:
        app = compose["services"][service]
        assert app["env_file"] == [".env"], service
        assert not [name for name in app["environment"] if name.startswith(("DORFNETZ_OPERATOR", "DORFNETZ_PRIVACY"))]


def test_a_service_does_not_wait_for_the_broker_to_start(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert "rabbitmq" not in service.get("depends_on", ()), name


@pytest.mark.parametrize("settings", [RegistrySettings, EventsSettings, NotificationsSettings, PortalSettings])
def test_operators_are_told_of_every_setting(settings: type[Settings]) -> None:
    told = set(re.findall(r"`(DORFNETZ_[A-Z_]+)`", (ROOT / "docs/operations.md").read_text()))
    fields = settings.model_fields.items()
    assert {str(field.validation_alias or f"DORFNETZ_{name.upper()}") for name, field in fields} <= told


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_dockerfiles_are_clean(path: Path) -> None:
    checked = run(program("hadolint"), path)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_clean(path: Path) -> None:
    checked = run(program("shellcheck"), path)
    assert checked.returncode == 0, checked.stdout
    assert path.stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize("path", DOCKERFILES[:2], ids=lambda path: str(path.relative_to(ROOT)))
def test_images_do_not_run_as_root(path: Path) -> None:
    users = re.findall(r"^USER (\S+)$", path.read_text(), re.MULTILINE)
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", users[-1])


def test_the_image_of_the_services_has_no_build_tools_and_not_the_demos_door() -> None:
    text = (ROOT / "Dockerfile").read_text()
    stages = {match[2]: match[1] for match in re.finditer(r"^FROM (\S+) AS (\S+)$", text, re.MULTILINE)}
    assert list(stages)[-1] == "services"
    assert stages["services"] == "base"
    base = text.partition(" AS base\n")[2].partition("\nFROM ")[0]
    services = text.partition(" AS services\n")[2]
    assert "COPY --from=build /opt/dorfnetz /opt/dorfnetz" in base
    assert not re.search(r"apt-get|uv |gcc|pip install", base + services)
    assert "standalone" not in base + services


@pytest.fixture(scope="module")
def secrets_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the deployment's folder in which make-secrets has run; its image is replaced by this interpreter."""
    tmp_path = tmp_path_factory.mktemp("deploy")
    shutil.copytree(COMPOSE_FOLDER, tmp_path / "compose", ignore=shutil.ignore_patterns("secrets", ".env"))
    shutil.copytree(ROOT / "deploy/rabbitmq", tmp_path / "rabbitmq")
    docker = tmp_path / "bin/docker"
    docker.parent.mkdir()
    image = '[ "${1%:*}" != dorfnetz ]'
    as_module = f'while {image}; do shift; done; shift; exec "{sys.executable}" -m "$@"'
    docker.write_text(f"#!/bin/sh\ncase $1 in run) {as_module};; esac\n")
    docker.chmod(0o755)
    make_secrets(tmp_path / "compose")
    return tmp_path / "compose"


def make_secrets(folder: Path) -> None:
    path = f"{folder.parent / 'bin'}:{os.environ['PATH']}"
    made = run(folder / "make-secrets", env={**os.environ, "PATH": path})
    assert made.returncode == 0, made.stderr


def test_make_secrets_makes_every_secret_once(secrets_made: Path, compose: dict[str, Any]) -> None:
    secrets = secrets_made / "secrets"
    wanted = {Path(secret["file"]).name for secret in compose["secrets"].values()}
    made = {path.name: path.read_text() for path in secrets.iterdir()}
    assert wanted <= set(made)
    assert {name for name, content in made.items() if not content} == {"smtp_password"}
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o444 for path in secrets.iterdir())
    make_secrets(secrets_made)
    assert {path.name: path.read_text() for path in secrets.iterdir()} == made


def test_make_secrets_makes_strong_passwords_that_fit_together(secrets_made: Path) -> None:
    secrets = secrets_made / "secrets"
    definitions = json.loads((secrets / "rabbitmq_definitions.json").read_text())
    broker = {user["name"]: user["password"] for user in definitions["users"]}
    assert len(set(broker.values())) == len(broker)
    assert all(re.fullmatch("[0-9a-f]{48}", password) for password in broker.values())
    for service in SERVICES:
        amqp = (secrets / f"{service}_amqp_url").read_text().strip()
        assert amqp == f"amqp://{service}:{broker[service]}@rabbitmq:5672/dorfnetz?heartbeat=10"
        for role in (service, f"{service}_owner"):
            database = (secrets / f"{role}_database_url").read_text().strip()
            assert re.fullmatch(rf"postgresql\+asyncpg://{role}:[0-9a-f]{{48}}@postgres:5432/{service}", database)
    assert (secrets / "rabbitmq_subscriber_password").read_text() == broker["subscriber"]
    key = json.loads((secrets / "registry_signing_key.json").read_text())
    assert key["crv"] == "Ed25519"
    assert key["d"]
    private = [json.loads((secrets / f"{service}_receipt_key.json").read_text()) for service in SERVICES]
    public = json.loads((secrets / "registry_receipt_keys.json").read_text())["keys"]
    assert {each["kid"] for each in public} == {each["kid"] for each in private}
    assert not any("d" in each for each in public)
