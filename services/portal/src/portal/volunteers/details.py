"""What the forms about volunteers ask beside fields and areas, and how it goes to the registry and comes back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.contracts.registry import (
    CHANNEL_NAMES,
    DAYTIME_NAMES,
    LANGUAGE_NAMES,
    LEAVE_REASON_NAMES,
    RHYTHM_NAMES,
    SKILL_NAMES,
    AreaKind,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.read_model.model import Municipality, Network, Village
from portal.web.forms import Form

WORDS: dict[str, Mapping[Any, str]] = {
    "channels": CHANNEL_NAMES,
    "daytimes": DAYTIME_NAMES,
    "languages": LANGUAGE_NAMES,
    "leave_reasons": LEAVE_REASON_NAMES,
    "rhythms": RHYTHM_NAMES,
    "skills": SKILL_NAMES,
}
"""Terms and their names, as templates need them."""

RADII = (5, 10, 15, 20, 30, 50)
"""Kilometres around a village that the forms offer."""

NAMES = {"areas": "area"}
"""Where a message of the registry stands, if its field is called otherwise there."""

_TEXTS = ("rhythm", "available_from", "available_until", "preferred_channel", "street", "postcode", "town")


@dataclass(frozen=True)
class Places:
    """What may be chosen as an area: pairs of `kind:id` and name."""

    wide: list[tuple[str, str]]  # networks and municipalities
    villages: list[tuple[str, str]]


async def all_places(session: AsyncSession) -> Places:
    """Every network, municipality and village, by name."""
    networks = (await session.execute(select(Network.network_id, Network.name).order_by(Network.name))).all()
    rows = select(Municipality.municipality_id, Municipality.name).order_by(Municipality.name)
    municipalities = dict((await session.execute(rows)).all())
    villages = select(Village.village_id, Village.name, Village.municipality_id).order_by(Village.name)
    wide = [(f"{AreaKind.NETWORK}:{key}", f"Netzwerk {name}") for key, name in networks]
    wide += [(f"{AreaKind.MUNICIPALITY}:{key}", f"Gemeinde {name}") for key, name in municipalities.items()]
    return Places(
        wide,
        [
            (f"{AreaKind.VILLAGE}:{key}", f"{name} ({municipalities[where]})" if where in municipalities else name)
            for key, name, where in await session.execute(villages)
        ],
    )


async def have_coordinates(session: AsyncSession, villages: list[UUID]) -> bool:
    """Whether it is known where each of these villages lies, so that kilometres around them can be counted."""
    unknown = select(Village.village_id).where(Village.village_id.in_(villages), Village.latitude.is_(None)).limit(1)
    return await session.scalar(unknown) is None


def details_of(form: Form) -> dict[str, Any]:
    """What the form says about time, skills and ways to reach somebody, for the registry."""
    return {
        **{name: form.optional(name) for name in _TEXTS},
        "times": [_time(value) for value in form.texts("times")],
        "hours_per_month": form.number("hours_per_month"),
        "skills": form.texts("skills"),
        "own_skills": [line.strip() for line in form.text("own_skills").splitlines() if line.strip()],
        "languages": form.texts("languages"),
        "best_time": form.text("best_time"),
    }


def areas_of(form: Form) -> list[dict[str, Any]]:
    """The rows of the form: `area` is `kind:id`, `km` kilometres around it; empty rows are left out."""
    return [_area(area, km) for area, km in form.rows("area", "km") if area]


def form_of(volunteer: dict[str, Any]) -> Form:
    """The form with what the registry knows."""
    values = {name: volunteer[name] or "" for name in (*_TEXTS, "best_time")}
    values |= {name: volunteer[name] for name in ("fields", "skills", "languages")}
    values |= {
        "times": [f"{time['weekday']}-{time['daytime']}" for time in volunteer["times"]],
        "hours_per_month": str(volunteer["hours_per_month"] or ""),
        "own_skills": "\n".join(volunteer["own_skills"]),
        "area": [f"{area['kind']}:{area['id']}" for area in volunteer["areas"]],
        "km": [str(area["km"] or "") for area in volunteer["areas"]],
        "_version": str(volunteer["version"]),
    }
    return Form(values=values)


def area_ids(volunteers: Iterable[dict[str, Any]]) -> list[str]:
    """The ids of everything that these volunteers, or sign-ups, name as an area."""
    return [area["id"] for one in volunteers for area in one["areas"]]


def _time(value: str) -> dict[str, Any]:
    day, _, daytime = value.partition("-")
    return {"weekday": int(day) if day.isdecimal() else day, "daytime": daytime}


def _area(value: str, km: str) -> dict[str, Any]:
    kind, _, place = value.partition(":")
    return {"kind": kind, "id": place, "km": (int(km) if km.isdecimal() else km) if km else None}
