"""Terms by which volunteers say what they can and how they are reached. No event holds them: they would tell who."""

from enum import StrEnum


class Skill(StrEnum):
    """What somebody can; a short list to choose from, beside their own words."""

    ACCOUNTS = "accounts"
    CHILDREN = "children"
    COMPUTERS = "computers"
    CRAFTS = "crafts"
    DRIVING = "driving"
    FIRST_AID = "first-aid"
    GARDENING = "gardening"
    KITCHEN = "kitchen"
    MACHINES = "machines"
    MUSIC = "music"
    ORGANISING = "organising"
    PHOTOS = "photos"
    SENIORS = "seniors"
    TEACHING = "teaching"
    TRANSLATING = "translating"
    WRITING = "writing"


SKILL_NAMES = {
    Skill.ACCOUNTS: "Kasse und Anträge",
    Skill.CHILDREN: "Mit Kindern und Jugendlichen",
    Skill.COMPUTERS: "Computer und Handy erklären",
    Skill.CRAFTS: "Handwerk und Reparieren",
    Skill.DRIVING: "Fahren und Abholen",
    Skill.FIRST_AID: "Erste Hilfe",
    Skill.GARDENING: "Garten und Grünpflege",
    Skill.KITCHEN: "Kochen und Backen",
    Skill.MACHINES: "Traktor, Säge, Maschinen",
    Skill.MUSIC: "Musik und Singen",
    Skill.ORGANISING: "Organisieren",
    Skill.PHOTOS: "Fotografieren",
    Skill.SENIORS: "Mit älteren Menschen",
    Skill.TEACHING: "Erklären und Üben",
    Skill.TRANSLATING: "Übersetzen",
    Skill.WRITING: "Schreiben",
}
"""German names, which pages and lists show."""


class PreferredChannel(StrEnum):
    """How somebody wants to be asked; a letter is sent by the office."""

    EMAIL = "email"
    TELEPHONE = "telephone"
    LETTER = "letter"


CHANNEL_NAMES = {
    PreferredChannel.EMAIL: "E-Mail",
    PreferredChannel.TELEPHONE: "Telefon",
    PreferredChannel.LETTER: "Brief vom Amt",
}


class LeaveReason(StrEnum):
    """Why somebody stops; a closed list, so that nothing about health stands there."""

    NO_TIME = "no_time"
    MOVED_AWAY = "moved_away"
    NOT_ASKED = "not_asked"
    OTHER = "other"


LEAVE_REASON_NAMES = {
    LeaveReason.NO_TIME: "Ich habe keine Zeit mehr",
    LeaveReason.MOVED_AWAY: "Ich bin weggezogen",
    LeaveReason.NOT_ASKED: "Ich wurde nie gefragt",
    LeaveReason.OTHER: "Etwas anderes",
}
