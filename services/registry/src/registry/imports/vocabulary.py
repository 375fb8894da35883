"""What the rows of a list may name: villages, municipalities, networks, fields of activity, federations."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import AreaKind, OrganisationKind
from shared.i18n import N_
from sqlalchemy.ext.asyncio import AsyncSession

from registry.fields_of_activity.model import FieldOfActivity
from registry.fields_of_activity.queries import list_fields, merged_fields
from registry.organisations.model import Organisation, Publication
from registry.spreadsheets.folding import fold, likeness
from registry.spreadsheets.problems import WrongCell
from registry.territory.model import District, Municipality, Network, Village

ALIKE = 0.75  # as for lists of options: see `spreadsheets.choices`
_POSTCODE = re.compile(r"\b\d{5}\b")
_PART_OF = re.compile(r"\b(?:OT|Ortsteil|Ortschaft)\b|[/,]|\s[-–]\s", re.IGNORECASE)


@dataclass(frozen=True)
class Vocabulary:
    """`by_name` and `areas` are by folded names; several villages may share one."""

    villages: dict[UUID, Village]
    municipalities: dict[UUID, Municipality]
    networks: dict[UUID, Network]
    district: District | None
    fields: dict[str, FieldOfActivity]  # by slug, in the list's order, retired ones among them
    federations: dict[str, UUID]  # by folded name
    usual_court: str  # of the directory's register numbers
    by_name: dict[str, list[Village]] = field(default_factory=lambda: defaultdict(list))
    areas: dict[str, tuple[AreaKind, UUID]] = field(default_factory=dict)
    merged_fields: dict[str, tuple[FieldOfActivity, str]] = field(default_factory=dict)  # by slug, with the successor's

    @property
    def names(self) -> dict[UUID, str]:
        """Of all places."""
        groups = (self.villages, self.municipalities, self.networks)
        names = {key: one.name for group in groups for key, one in group.items()}
        return names | ({self.district.id: self.district.name} if self.district else {})

    @property
    def nameable_fields(self) -> list[FieldOfActivity]:
        """All that a list may name, also what is not chosen any more; of two with one name the one of today."""
        today = {fold(one.name) for one in self.fields.values()}
        former = [one for one, _ in self.merged_fields.values() if fold(one.name) not in today]
        return [*self.fields.values(), *former]

    def field_now(self, slug: str) -> FieldOfActivity:
        """The field with this slug, or the one that it was merged into."""
        return self.fields[self.merged_fields[slug][1] if slug in self.merged_fields else slug]

    @property
    def retired_fields(self) -> dict[str, FieldOfActivity]:
        """By slug."""
        return {slug: one for slug, one in self.fields.items() if one.retired}

    def distinct_name(self, village: Village) -> str:
        """Its name, with that of its municipality where others share it: `Gossa (Muldestausee)`."""
        alone = len(self.by_name[fold(village.name)]) == 1
        return village.name if alone else f"{village.name} ({self.municipalities[village.municipality_id].name})"

    def village(self, name: str, municipality: str | None = None, ags: str | None = None) -> Village:
        """The village of that name; municipality or AGS tell villages of the same name apart.

        `06774 Muldestausee OT Gossa` and `Muldestausee/Gossa` are read, too. Raises `WrongCell`.
        """
        seat = self._seat(municipality, ags)
        found: list[Village] = []
        for spelling in _spellings(name):
            found = [one for one in self.by_name.get(fold(spelling), ()) if seat in (None, one.municipality_id)]
            if found:
                break
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(sorted(self.municipalities[one.municipality_id].name for one in found))
            message = N_("“{value}” lies in several municipalities: {municipalities}. Please name the municipality.")
            raise WrongCell("ambiguous_village", message, municipalities=names)
        within = [one.name for one in self.villages.values() if seat in (None, one.municipality_id)]
        raise _unknown(name, within, "unknown_village", N_("The village “{value}” is not registered."))

    def municipality_of(self, name: str) -> Municipality:
        """By its name. Raises `WrongCell`."""
        wanted = fold(_POSTCODE.sub("", name))
        for one in self.municipalities.values():
            known = fold(one.name)
            if known == wanted or set(known.split()) == set(wanted.split()) - {"gemeinde", "stadt"}:
                return one
        names = [one.name for one in self.municipalities.values()]
        raise _unknown(name, names, "unknown_municipality", N_("The municipality “{value}” is not registered."))

    def municipality_with(self, ags: str) -> Municipality:
        """By its AGS. Raises `WrongCell`."""
        for one in self.municipalities.values():
            if one.ags == ags:
                return one
        raise WrongCell("unknown_ags", N_("No municipality of this district has the AGS “{value}”."))

    def area(self, name: str) -> tuple[AreaKind, UUID]:
        """An area of activity: a village, a municipality, a network or the district, by name. Raises `WrongCell`."""
        folded = fold(name)
        if folded in self.areas:
            return self.areas[folded]
        try:
            return AreaKind.VILLAGE, self.village(name).id
        except WrongCell as wrong:
            if wrong.code == "ambiguous_village":
                raise
        names = [one.name for group in (self.villages, self.municipalities, self.networks) for one in group.values()]
        raise _unknown(name, names, "unknown_area", N_("The place “{value}” is not registered."))

    def federation(self, name: str) -> UUID:
        """A federation of the directory by its name. Raises `WrongCell`."""
        found = self.federations.get(fold(name))
        if found is None:
            raise _unknown(name, self.federations, "unknown_federation", N_("The federation “{value}” is not entered."))
        return found

    def _seat(self, municipality: str | None, ags: str | None) -> UUID | None:
        if ags is not None:
            return next((one.id for one in self.municipalities.values() if one.ags == ags), None)
        if municipality is not None:
            return next((one.id for one in self.municipalities.values() if fold(one.name) == fold(municipality)), None)
        return None


async def load_vocabulary(session: AsyncSession) -> Vocabulary:
    """Everything at once: a district has some hundred places."""
    villages = (await session.scalars(sa.select(Village).order_by(Village.name))).all()
    present = sa.select(Municipality).where(Municipality.dissolved_on.is_(None))
    municipalities = (await session.scalars(present)).all()
    networks = (await session.scalars(sa.select(Network))).all()
    district = (await session.scalars(sa.select(District))).one_or_none()
    federations = sa.select(Organisation.name, Organisation.id).where(
        Organisation.kind == OrganisationKind.FEDERATION, Organisation.publication == Publication.PUBLISHED
    )
    courts = sa.select(Organisation.register_court).where(Organisation.register_court != "")
    usual = courts.group_by(Organisation.register_court).order_by(sa.func.count().desc(), Organisation.register_court)
    vocabulary = Vocabulary(
        villages={one.id: one for one in villages},
        municipalities={one.id: one for one in municipalities},
        networks={one.id: one for one in networks},
        district=district,
        fields={one.slug: one for one in await list_fields(session)},
        merged_fields={one.slug: (one, into) for one, into in await merged_fields(session)},
        federations={fold(name): key for name, key in await session.execute(federations)},
        usual_court=await session.scalar(usual.limit(1)) or "",
    )
    _name_places(vocabulary)
    return vocabulary


def _name_places(vocabulary: Vocabulary) -> None:
    places: list[tuple[str, AreaKind, UUID]] = [
        *((one.name, AreaKind.MUNICIPALITY, one.id) for one in vocabulary.municipalities.values()),
        *((one.name, AreaKind.NETWORK, one.id) for one in vocabulary.networks.values()),
    ]
    if (district := vocabulary.district) is not None:
        names = (district.name, f"Landkreis {district.name}", "Landkreis", "ganzer Landkreis", "kreisweit", "überall")
        places += [(name, AreaKind.DISTRICT, district.id) for name in names]
    for village in vocabulary.villages.values():
        vocabulary.by_name[fold(village.name)].append(village)
    for name, kind, key in places:
        for spelling in (name, f"Gemeinde {name}", f"Netzwerk {name}"):
            vocabulary.areas.setdefault(fold(spelling), (kind, key))
    # A village goes before a municipality or network of the same name: the smaller area is what was said for sure.
    for folded, found in vocabulary.by_name.items():
        vocabulary.areas.pop(folded, None)
        if len(found) > 1:
            for village in found:
                spelling = vocabulary.distinct_name(village)
                vocabulary.areas.setdefault(fold(spelling), (AreaKind.VILLAGE, village.id))


def _spellings(name: str) -> Iterable[str]:
    """The name as it is, without a postcode, and its parts from behind: the village stands last, or first."""
    yield name
    plain = _POSTCODE.sub(" ", name)
    yield plain
    yield from reversed([part for part in _PART_OF.split(plain) if part.strip()])


def _unknown(name: str, known: Iterable[str], code: str, message: str) -> WrongCell:
    folded = fold(name)
    best = max(known, key=lambda one: likeness(folded, fold(one)), default="")
    if not best or likeness(folded, fold(best)) < ALIKE:
        return WrongCell(code, message, value=name)
    hint = N_("“{value}” is not registered. Did you mean “{suggestion}”?")
    return WrongCell(code, hint, value=name, suggestion=best)
