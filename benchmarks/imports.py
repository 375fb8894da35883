"""Row: 50,000 volunteers from an xlsx file, checked, compared, written, against a plain loop over its rows and COPY.

The import runs in a process of its own, `python -m benchmarks.imports URL IMPORT`, whose memory is measured, too.
"""

import asyncio
import itertools
import json
import resource
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid4

import asyncpg
import uvloop
from registry.access.model import AccessGrant
from registry.consents.model import Consent
from registry.imports.files import keep_file
from registry.imports.handlers import start_run
from registry.imports.jobs import work_on_imports
from registry.imports.layouts import layout_of
from registry.imports.model import ImportState, ListImport, ListKind
from registry.imports.preparing import header_of, prepare_parts
from registry.imports.rows import Source
from registry.imports.schemas import RunInput
from registry.imports.vocabulary import Vocabulary, load_vocabulary
from registry.people.model import Person
from registry.settings import RegistrySettings
from registry.spreadsheets.checking import Checker
from registry.spreadsheets.reading import open_table
from registry.territory.model import District, Municipality, Network, Village
from registry.volunteers.model import Volunteer, VolunteerArea, volunteer_field
from shared import garbage
from shared.access.grants import Role
from shared.access.tenancy import EVERYTHING
from shared.database import create_engine, create_sessions, transaction
from shared.messaging.transport import Sessions
from testkit.workbooks import xlsx

from benchmarks.district import copy_rows
from benchmarks.servers import Place

ROWS, VILLAGES = 50_000, 300
MOST_MEMORY = 300.0  # MB
_PARTS = ["Ma", "Le", "Ri", "Ta", "No", "Vi", "Be", "Ka", "Lo", "Su", "Fe", "Ja", "Di", "Wo", "Hel", "Gün"]
_TITLES = ["Name", "E-Mail", "Telefon", "Einsatzfelder", "Ort", "Einwilligung vom", "Wochentage", "Rundbrief"]

_url: str | None = None
_with_reading = 0.0  # rows a second of the last plain loop, the reading of the file included
_runs = itertools.count(1)


async def measure_import(place: Place) -> float:
    """Rows a second, from the stored file to the committed entries and their events."""
    sessions = await _sessions(place)
    import_id = await _upload(sessions, _list(next(_runs)))
    assert _url is not None
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.imports", _url, str(import_id), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError("the import failed")
    told = json.loads(output.splitlines()[-1])
    print(f"    memory of the worker {told['memory']:.0f} MB, of the process that reads {told['reader']:.0f} MB")
    if told["memory"] > MOST_MEMORY:
        raise RuntimeError(f"the worker took more than {MOST_MEMORY:.0f} MB")
    rate = ROWS / float(told["seconds"])
    print(f"    ratio to the loop that also reads the file: {rate / _with_reading:.2f}")
    return rate


async def measure_loop(place: Place) -> float:
    """Rows a second of the plainest program: validate each row in a loop, COPY what it makes.

    Nothing is compared with what is there, nobody is told, nothing can be looked at before or taken back. The rows are
    in memory: what reading them from the file would add is measured beside it.
    """
    global _with_reading
    sessions = await _sessions(place)
    content = _list(next(_runs))
    async with sessions() as session:
        vocabulary = await load_vocabulary(session)
        part = (await prepare_parts(_as_file(content), vocabulary, {}))[0]
    source = Source(part, ListKind.VOLUNTEERS, layout_of(ListKind.VOLUNTEERS, vocabulary))
    connection = await asyncpg.connect(place.databases.admin_url(_url or "").replace("+asyncpg", ""))
    began = time.perf_counter()
    async with open_table(_as_file(content)) as table:
        lines = [row async for row in table.rows()]
    read = time.perf_counter() - began
    began = time.perf_counter()
    checker, checked = Checker(source.layout, header_of(part), source.mapping), []
    for row in lines:
        if (found := checker.check(row)) is not None:
            checked.append(found.values)  # noqa: PERF401 - the plain loop that is measured
    validated = time.perf_counter() - began
    rows = _entries(checked, vocabulary)
    began = time.perf_counter()
    for model, entries in rows.items():
        await copy_rows(connection, model, entries)
    copied = time.perf_counter() - began
    await connection.close()
    _with_reading = len(checked) / (read + validated + copied)
    return len(checked) / (validated + copied)


def _entries(checked: list[dict[str, Any]], vocabulary: Vocabulary) -> dict[Any, list[dict[str, Any]]]:
    """The rows of the tables that hold volunteers."""
    now = datetime.now(UTC)
    rows: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)
    for values in checked:
        person, volunteer = uuid4(), uuid4()
        names = ("name", "email", "phone")
        rows[Person].append({"id": person, **{name: values[name] for name in names}})
        rows[Volunteer].append({"id": volunteer, "person_id": person})
        for kind, key, _ in values["areas"]:
            rows[VolunteerArea].append({"volunteer_id": volunteer, "kind": kind, "area_id": UUID(key)})
        for slug in values["fields"]:
            rows[volunteer_field].append({"volunteer_id": volunteer, "field_id": vocabulary.fields[slug].id})
        given = {"purpose": "contact", "text_version": "2026-11", "channel": "paper", "given_on": values["given_on"]}
        rows[Consent].append({"person_id": person, **given, "given_at": now})
        grant = {"role": "volunteer", "scope": "oneself", "starts_on": now.date()}
        rows[AccessGrant].append({"person_id": person, **grant})
    return rows


def _list(run: int) -> bytes:
    """People whom no run before has entered."""
    return xlsx([_TITLES, *(_person(run, number) for number in range(ROWS))])


def _person(run: int, number: int) -> list[Any]:
    size = len(_PARTS)
    name = "".join(_PARTS[number // size**power % size] for power in range(4)).capitalize()
    return [
        f"{_PARTS[(number + run) % size]}na {name}er",
        f"p{run}.{number}@post.example",
        f"034955 {run}{number:05}",
        "Sport und Bewegung; Kultur und Musik",
        f"Dorf{number % VILLAGES}",
        date(2026, 3, 1 + number % 28),
        "Sa; So",
        "ja" if number % 10 == 0 else None,
    ]


async def _sessions(place: Place) -> Sessions:
    global _url
    if _url is None:
        _url = place.databases.new_service("registry")
        connection = await asyncpg.connect(place.databases.admin_url(_url).replace("+asyncpg", ""))
        await _territory(connection)
        await connection.close()
    return create_sessions(create_engine(RegistrySettings(database_url=_url), scopes=EVERYTHING))


async def _upload(sessions: Sessions, content: bytes) -> UUID:
    file, now = _as_file(content), datetime.now(UTC)
    async with transaction(sessions) as session:
        imported = ListImport(
            id=uuid4(),
            office="district",
            role=Role.DISTRICT_OFFICER,
            created_by=uuid4(),
            file_name="Freiwillige.xlsx",
            size=len(content),
            state=ImportState.CHECKING,
            changed_at=now,
            created_at=now,
            parts=await prepare_parts(file, await load_vocabulary(session), {}),
        )
        session.add(imported)
        await session.flush()
        await keep_file(session, imported.id, file)
        return imported.id


def _as_file(content: bytes) -> BinaryIO:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the object
    file.write(content)
    file.seek(0)
    return cast("BinaryIO", file)


async def _work(url: str, import_id: UUID) -> None:
    """What the worker does between the two buttons, in a process that has done nothing else."""
    sessions = create_sessions(create_engine(RegistrySettings(database_url=url), scopes=EVERYTHING))
    began = time.perf_counter()
    await work_on_imports(sessions)
    async with transaction(sessions) as session:
        await start_run(await session.get_one(ListImport, import_id), RunInput())
    await work_on_imports(sessions)
    seconds = time.perf_counter() - began
    async with sessions() as session:
        imported = await session.get_one(ListImport, import_id)
        if imported.state is not ImportState.DONE:
            raise RuntimeError(f"the import is {imported.state}: {imported.problem}")
    told = {
        "seconds": seconds,
        "memory": _own_memory(),
        "reader": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    print(json.dumps(told))


def _own_memory() -> float:
    """The most that this process took, in MB: `getrusage` would also tell of the one that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (told,) = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(told) / 1024


async def _territory(connection: Any) -> None:
    district = {"id": uuid4(), "ags": "15082", "name": "Anhalt-Bitterfeld"}
    municipalities = [
        {"id": uuid4(), "district_id": district["id"], "ags": f"15082{n}", "slug": f"g{n}", "name": f"Gemeinde {n}"}
        for n in range(100, 112)
    ]
    networks = [{"id": uuid4(), "slug": f"n{n}", "name": f"Netzwerk {n}"} for n in range(30)]
    villages = [
        {
            "id": uuid4(),
            "municipality_id": municipalities[n % len(municipalities)]["id"],
            "network_id": networks[n % len(networks)]["id"],
            "slug": f"dorf{n}",
            "name": f"Dorf{n}",
        }
        for n in range(VILLAGES)
    ]
    filled = ((District, [district]), (Municipality, municipalities), (Network, networks), (Village, villages))
    for model, rows in filled:
        await copy_rows(connection, model, rows)


if __name__ == "__main__":
    garbage.settle()  # this and the event loop as `python -m registry worker` has them
    uvloop.run(_work(sys.argv[1], UUID(sys.argv[2])))
