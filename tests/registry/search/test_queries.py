"""What people type, and what it has to find. All associations are invented."""

from typing import Any

FIRE = "Förderverein der Freiwilligen Feuerwehr Gossa e. V."


def title(hit: Any) -> str:
    return "".join(part["text"] for part in hit["title"])


PAIRS = [
    # compounds, in both directions
    ("Feuerwehrverein", FIRE),
    ("Feuerwehr Verein", FIRE),
    ("Feuerwehrförderverein", FIRE),
    ("Verein Heimat", "Heimatverein Krina"),
    ("Gilde", "Schützengilde zu Krina"),
    ("Seniorentreffen", "Seniorentreff Pouch"),
    # inflections
    ("freiwillige Feuerwehren", FIRE),
    ("Heimatvereine", "Heimatverein Krina"),
    ("des Heimatvereins", "Heimatverein Krina"),
    ("Kindergärten", "Kita-Freunde Bärenwald"),
    ("Backhäuser", "Heimatverein Krina"),
    # umlauts as they are typed
    ("Foerderverein", FIRE),
    ("FÖRDERVEREIN", FIRE),
    ("Forderverein", FIRE),
    ("Gaertnerei Gruenwald", "Gärtnerei Grünwald"),
    ("Loeberitz Chor", "Chorgemeinschaft Löberitz"),
    ("Blau-Weiss", "Sportverein Blau-Weiß Gossa"),
    ("Fussball", "Sportverein Blau-Weiß Gossa"),
    # typing errors
    ("Feuerwer", FIRE),
    ("Heimatverien", "Heimatverein Krina"),
    ("Schüzengilde", "Schützengilde zu Krina"),
    ("Seniorentref", "Seniorentreff Pouch"),
    ("Chorgemeinschafft", "Chorgemeinschaft Löberitz"),
    # as one types
    ("Feuerw", FIRE),
    ("Gymn", "Sportverein Blau-Weiß Gossa"),
    # goals, strengths, fields, place, kind
    ("Spielgeräte", "Kita-Freunde Bärenwald"),
    ("Heimatfest", "Chorgemeinschaft Löberitz"),
    ("Fahrdienst", "Seniorentreff Pouch"),
    ("Firma in Gossa", "Gärtnerei Grünwald"),
    ("Feuerwehr Gossa", FIRE),
    ("Umwelt", "Anglerfreunde Muldetal"),
    ("Feuerwehr Muldestausee", FIRE),
    ("Schulungsräume", FIRE),
    ("Ortschaftsrat", "Rat der Ortschaft Krina"),
    # a compound that the directory does not have, mistyped
    ("Feuerwehrverien", FIRE),
    ("Feurwehrverein", FIRE),
]


async def test_what_people_type_finds_what_they_mean(directory: Any, ask: Any) -> None:
    """All pairs in one directory: each is the best of its results."""
    wrong = []
    for query, expected in PAIRS:
        found = await ask(query, kind="organisation")
        best = [title(hit) for hit in found["items"]][:1]
        if best != [expected] or found["partial"]:
            wrong.append(f"{query}: {best}, not {expected}")
    assert wrong == []
