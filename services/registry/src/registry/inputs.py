"""Kinds of input that only the registry reads: AGS, telephone, register numbers, areas."""

import re
from typing import Annotated

import phonenumbers
from fastapi import Query
from pydantic import AfterValidator, StringConstraints, WithJsonSchema
from shared.i18n import N_
from shared.inputs import Line, plain_text
from shared.web.problems import FieldError

COUNTRY = "DE"  # of telephone numbers without country code
SOUTH, NORTH, WEST, EAST = 47.2, 55.1, 5.8, 15.1  # the corners of Germany in degrees (WGS 84)
_REGISTERS = {name.lower(): name for name in ("VR", "HRA", "HRB", "GnR", "PR", "GsR")}
_REGISTER_NUMBER = re.compile(
    r"(VR|HRA|HRB|GnR|PR|GsR|Vereinsregister)[\s.:-]*(?:Nr\b)?[\s.:-]*(\d[\d\s]*)([A-Za-z]{0,3})", re.IGNORECASE
)
SHORTEST_PHONE = 10_000  # as a number without its leading zero: shorter ones lack their area code


def _ags(value: str) -> str:
    if not (value.isascii() and value.isdigit() and len(value) == 8):
        raise FieldError("ags", N_("The AGS of a municipality has 8 digits."))
    return value


def _district_ags(value: str) -> str:
    if not (value.isascii() and value.isdigit() and len(value) == 5):
        raise FieldError("district_ags", N_("The AGS of a district has 5 digits."))
    return value


def register_number(value: str) -> str:
    """`VR 1234` for vr1234, VR-Nr. 12 34 and the like: register, number, a court's letters. Other text stays.

    The registers are those of § 55 BGB, § 3 HRV, § 1 GenRegV, § 1 PRV and § 1 GesRV.
    """
    value = " ".join(value.split())
    parts = _REGISTER_NUMBER.fullmatch(value)
    if parts is None:
        return value
    register = "VR" if parts[1].lower() == "vereinsregister" else _REGISTERS[parts[1].lower()]
    return " ".join(filter(None, (register, re.sub(r"\D", "", parts[2]), parts[3].upper())))


def register_court(value: str) -> str:
    """The court's place alone: Stendal for Amtsgericht Stendal and AG Stendal."""
    return re.sub(r"^(Amtsgericht|AG)\s+", "", " ".join(value.split()), flags=re.IGNORECASE)


def _is_whole(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.is_possible_number(number) and (number.national_number or 0) >= SHORTEST_PHONE


def _phone(value: str) -> str:
    try:
        number = phonenumbers.parse(plain_text(value), COUNTRY)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not _is_whole(number):
        raise FieldError("phone", N_("This is not a telephone number. Please give it with its area code."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


Ags = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=20),
    AfterValidator(_ags),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{8}$"}),
]
DistrictAgs = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=20),
    AfterValidator(_district_ags),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{5}$"}),
]
RegisterNumber = Annotated[Line, AfterValidator(register_number)]
RegisterCourt = Annotated[Line, AfterValidator(register_court)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), AfterValidator(_phone)]
"""Written as people write it; kept in the form +4934955..."""


def _latitude(value: float) -> float:
    if not SOUTH <= value <= NORTH:
        raise FieldError("latitude", N_("This latitude does not lie in Germany. It is a number such as 51.664."))
    return value


def _longitude(value: float) -> float:
    if not WEST <= value <= EAST:
        raise FieldError("longitude", N_("This longitude does not lie in Germany. It is a number such as 12.432."))
    return value


def _postcode(value: str) -> str:
    if not (value.isascii() and value.isdigit() and len(value) == 5):
        raise FieldError("postcode", N_("A postcode has 5 digits."))
    return value


Postcode = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=20),
    AfterValidator(_postcode),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{5}$"}),
]
Latitude = Annotated[
    float, AfterValidator(_latitude), WithJsonSchema({"type": "number", "minimum": SOUTH, "maximum": NORTH})
]
Longitude = Annotated[
    float, AfterValidator(_longitude), WithJsonSchema({"type": "number", "minimum": WEST, "maximum": EAST})
]
"""Degrees in WGS 84, as maps show them."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=200)]
SlugFilter = Annotated[Slug | None, Query(description="Short name, as in addresses")]
