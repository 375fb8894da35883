"""When people have time."""

from enum import StrEnum


class Daytime(StrEnum):
    """Part of a day; where it begins and ends is left to those who agree on something."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


DAYTIME_NAMES = {
    Daytime.MORNING: "vormittags",
    Daytime.AFTERNOON: "nachmittags",
    Daytime.EVENING: "abends",
}


class Rhythm(StrEnum):
    """How somebody wants to help; where it is missing, both are fine."""

    ONE_OFF = "one_off"
    REGULAR = "regular"


RHYTHM_NAMES = {Rhythm.ONE_OFF: "einmal, bei einer Aktion", Rhythm.REGULAR: "regelmäßig"}
