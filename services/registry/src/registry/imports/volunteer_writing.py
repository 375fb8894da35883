"""Writing volunteers: people who are new to the directory by a few statements for many, others one by one.

Who is known already may be a contact person, have given consents, or belong to networks: what follows from all of that
is the business of `volunteers.handlers`. Of somebody new everything that follows stands in the row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic_core import to_jsonable_python
from shared.access.grants import Role
from shared.contracts.registry import (
    AreaWithRadius,
    ConsentGiven,
    ConsentPurpose,
    ProfilePublished,
    Rhythm,
    VolunteerSignedUp,
)
from shared.errors import DomainError

from registry.access.model import SCOPE_OF, AccessGrant
from registry.clock import today
from registry.consents import handlers as consents
from registry.consents.model import Consent, ConsentChannel, Giving, UnsubscribeLink
from registry.consents.texts import current_version
from registry.fields_of_activity.model import RetiredField
from registry.imports.bulk import insert_all
from registry.imports.contact_writing import complete_person
from registry.imports.model import Choice, EntryKind, Outcome
from registry.imports.rows import ordered
from registry.imports.run import Run
from registry.imports.volunteer_rows import DETAILS
from registry.people.model import Person
from registry.secrets import hash_of, new_secret
from registry.territory import queries as territory
from registry.volunteers import handlers
from registry.volunteers.availability import times_of
from registry.volunteers.model import Volunteer, VolunteerArea, volunteer_field
from registry.volunteers.queries import volunteer_of
from registry.volunteers.schemas import VolunteerChanges
from registry.volunteers.scope import places_of

_EMPTY: dict[str, Any] = {"skills": [], "own_skills": [], "languages": [], "best_time": ""}
_TABLES = (
    Volunteer.__table__,
    VolunteerArea.__table__,
    volunteer_field,
    Consent.__table__,
    UnsubscribeLink.__table__,
    AccessGrant.__table__,
)


@dataclass(frozen=True)
class _Where:
    """What an area means: the slugs of the networks it touches, and of those that it lies in as a whole."""

    networks: frozenset[str]
    told_to: frozenset[str | None]
    everywhere: bool


class VolunteerWriter:
    """Writes the rows of one sheet; each area is looked up once."""

    def __init__(self) -> None:
        self._areas: dict[AreaWithRadius, _Where] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}

    async def __call__(self, run: Run, rows: Sequence[Any]) -> None:
        self._rows = {table.name: [] for table in _TABLES}  # type: ignore[attr-defined]
        known = []
        for row in rows:
            values = row.values
            target = row.target_id if row.choice in (Choice.COMPLETE, Choice.OVERWRITE) else None
            person_id, is_new = (target, False) if target else run.person(row, values, _day(values.get("birth_date")))
            if is_new:
                await self._enter(run, row, person_id)
            else:
                known.append((row, person_id))
        await run.write_persons()
        for table in _TABLES:
            await insert_all(run.session, table, self._rows[table.name])  # type: ignore[attr-defined]
        for row, person_id in known:
            await self._enter_known(run, row, person_id)

    async def _enter(self, run: Run, row: Any, person_id: UUID) -> None:
        """As `volunteers.handlers.enter_volunteer`, for somebody of whom nothing else is known."""
        values, volunteer_id = row.values, uuid4()
        try:
            fields = run.choosable(values["fields"])
        except RetiredField as error:
            run.refuse(row.number, "fields", error)
            return
        details = _EMPTY | {name: values[name] for name in DETAILS if name in values}
        absent = dict.fromkeys(DETAILS)
        self._rows["volunteer"].append(
            {
                "id": volunteer_id,
                "version": 1,
                "person_id": person_id,
                "slots": values.get("slots", []),
                **absent,
                **details,
            }
        )
        areas = [AreaWithRadius.model_validate(area) for area in values["areas"]]
        self._rows["volunteer_area"] += [
            {"volunteer_id": volunteer_id, "kind": area.kind, "area_id": area.id, "km": area.km}
            for area in {(area.kind, area.id): area for area in areas}.values()
        ]
        self._rows["volunteer_field"] += [{"volunteer_id": volunteer_id, "field_id": field.id} for field in fields]
        self._rows["access_grant"].append(
            {
                "id": uuid4(),
                "person_id": person_id,
                "role": Role.VOLUNTEER,
                "scope": SCOPE_OF[Role.VOLUNTEER],
                "starts_on": today(),
            }
        )
        where = await self._where(run, areas)
        for purpose in values["consents"]:
            self._agree(run, person_id, ConsentPurpose(purpose), values, where)
        told = VolunteerSignedUp(
            volunteer_id=volunteer_id,
            fields=[field.slug for field in fields],
            areas=areas,
            rhythm=Rhythm(values["rhythm"]) if "rhythm" in values else None,
        )
        (network, *others) = where.told_to or {None}
        run.tell(told, volunteer_id, 1, None if others else network)
        run.enter(EntryKind.VOLUNTEER, volunteer_id, row.number, person_id=person_id)
        run.became(row.number, Outcome.CREATED, volunteer_id, person_id)

    def _agree(self, run: Run, person_id: UUID, purpose: ConsentPurpose, values: dict[str, Any], where: _Where) -> None:
        consent_id, token = uuid4(), None
        self._rows["consent"].append(
            {
                "id": consent_id,
                "version": 1,
                "person_id": person_id,
                "purpose": purpose,
                "text_version": current_version(purpose),
                "channel": ConsentChannel.PAPER,
                "recorded_by": run.access.principal.id,
                "given_on": date.fromisoformat(values["given_on"]),
                "given_at": datetime.now(UTC),
                "guardian": values.get("guardian"),
            }
        )
        if purpose is ConsentPurpose.NEWSLETTER:
            token = new_secret()
            link = {"token_hash": f"\\x{hash_of(token).hex()}", "person_id": person_id, "purpose": purpose}
            self._rows["unsubscribe_link"].append(link)
        given = ConsentGiven(
            consent_id=consent_id,
            person_id=person_id,
            purpose=purpose,
            networks=sorted(where.networks),
            everywhere=where.everywhere,
            unsubscribe_token=token,
        )
        run.tell(given, consent_id, 1)
        if purpose is ConsentPurpose.PUBLICATION:
            run.tell(ProfilePublished(profile_id=consent_id), consent_id, 1)

    async def _where(self, run: Run, areas: Sequence[AreaWithRadius]) -> _Where:
        for area in areas:
            if area not in self._areas:
                places = await places_of(run.session, [area])
                told_to = set(await territory.networks_of_areas(run.session, [area]))
                self._areas[area] = _Where(
                    frozenset(places.networks.values()),
                    frozenset({None}) if area.km is not None else frozenset(told_to),
                    places.everywhere,
                )
        found = [self._areas[area] for area in areas]
        return _Where(
            frozenset().union(*(one.networks for one in found)),
            frozenset().union(*(one.told_to for one in found)),
            any(one.everywhere for one in found),
        )

    async def _enter_known(self, run: Run, row: Any, person_id: UUID) -> None:
        """Somebody who is in the directory, or in an earlier row of this file."""
        values, session = row.values, run.session
        await run.save()
        person = await session.get_one(Person, person_id)
        volunteer = await volunteer_of(session, person_id)
        before = {} if volunteer is None else {name: value_of(volunteer, name) for name in _said(values)}
        filled = row.target_id is not None and await complete_person(run, row, person_id, values)
        try:
            async with session.begin_nested():
                person.note_birth_date(_day(values.get("birth_date")), today())
                volunteer = await self._write(run, row, person, volunteer)
        except DomainError as error:
            run.refuse(row.number, "name", error)
            return
        if not before:
            run.enter(EntryKind.VOLUNTEER, volunteer.id, row.number, person_id=person_id, version=volunteer.version)
            run.became(row.number, Outcome.CREATED, volunteer.id, person_id)
            return
        after = {name: value_of(volunteer, name) for name in before}
        changed = {name: value for name, value in after.items() if value != before[name]}
        if changed:
            run.enter(
                EntryKind.VOLUNTEER, volunteer.id, row.number,
                person_id=person_id, version=volunteer.version,
                changed=({name: before[name] for name in changed}, changed),
            )  # fmt: skip
        outcome = Outcome.OVERWRITTEN if row.choice is Choice.OVERWRITE else Outcome.COMPLETED
        run.became(row.number, outcome if changed or filled else Outcome.UNCHANGED, volunteer.id, person_id)

    async def _write(self, run: Run, row: Any, person: Person, volunteer: Volunteer | None) -> Volunteer:
        said = VolunteerChanges.model_validate(_said(row.values))
        if volunteer is not None and row.choice is Choice.OVERWRITE:
            await handlers.apply_changes(run.session, volunteer, said)
            for purpose, giving in _givings(run, row.values).items():
                await consents.give(run.session, person, purpose, giving)
            return volunteer
        details = dict(said.details)
        if volunteer is not None:
            details = {name: value for name, value in details.items() if not getattr(volunteer, name)}
        chosen = run.choosable(row.values["fields"], volunteer.fields if volunteer else ())
        areas = [AreaWithRadius.model_validate(area) for area in row.values["areas"]]
        givings = _givings(run, row.values)
        return await handlers.enter_volunteer(run.session, person, chosen, areas, givings, details)


def _givings(run: Run, values: dict[str, Any]) -> dict[ConsentPurpose, Giving]:
    return {
        purpose: Giving(
            text_version=current_version(purpose),
            channel=ConsentChannel.PAPER,
            given_on=date.fromisoformat(values["given_on"]),
            recorded_by=run.access.principal.id,
            guardian=values.get("guardian"),
        )
        for purpose in map(ConsentPurpose, values["consents"])
    }


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """What a row says of a volunteer, as `VolunteerChanges` takes it."""
    said = {name: values[name] for name in ("fields", "areas", *DETAILS) if name in values}
    if "slots" in values:
        said["times"] = to_jsonable_python(times_of(values["slots"]))
    return said


def value_of(volunteer: Volunteer, name: str) -> Any:
    """As the input would have it."""
    if name == "fields":
        return ordered(name, [field.slug for field in volunteer.fields])
    return ordered(name, to_jsonable_python(getattr(volunteer, name), exclude_none=True))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
