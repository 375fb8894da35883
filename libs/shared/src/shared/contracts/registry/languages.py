"""Languages that are spoken in an organisation."""

from enum import StrEnum


class Language(StrEnum):
    """Tags of BCP 47, from what is spoken most in rural districts; `de-simple` is Leichte Sprache."""

    GERMAN = "de"
    PLAIN_GERMAN = "de-simple"
    GERMAN_SIGN_LANGUAGE = "gsg"
    LOW_GERMAN = "nds"
    ALBANIAN = "sq"
    ARABIC = "ar"
    BULGARIAN = "bg"
    CZECH = "cs"
    ENGLISH = "en"
    FRENCH = "fr"
    KURDISH = "ku"
    PERSIAN = "fa"
    POLISH = "pl"
    ROMANIAN = "ro"
    RUSSIAN = "ru"
    SERBIAN = "sr"
    SPANISH = "es"
    TURKISH = "tr"
    UKRAINIAN = "uk"
    VIETNAMESE = "vi"


LANGUAGE_NAMES = {
    Language.GERMAN: "Deutsch",
    Language.PLAIN_GERMAN: "Leichte Sprache",
    Language.GERMAN_SIGN_LANGUAGE: "Deutsche Gebärdensprache",
    Language.LOW_GERMAN: "Plattdeutsch",
    Language.ALBANIAN: "Albanisch",
    Language.ARABIC: "Arabisch",
    Language.BULGARIAN: "Bulgarisch",
    Language.CZECH: "Tschechisch",
    Language.ENGLISH: "Englisch",
    Language.FRENCH: "Französisch",
    Language.KURDISH: "Kurdisch",
    Language.PERSIAN: "Persisch",
    Language.POLISH: "Polnisch",
    Language.ROMANIAN: "Rumänisch",
    Language.RUSSIAN: "Russisch",
    Language.SERBIAN: "Serbisch",
    Language.SPANISH: "Spanisch",
    Language.TURKISH: "Türkisch",
    Language.UKRAINIAN: "Ukrainisch",
    Language.VIETNAMESE: "Vietnamesisch",
}
"""German names, which pages and lists show."""
