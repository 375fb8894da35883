"""What people type, and what it has to find. All associations are invented."""

from typing import Any

import pytest

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
]


@pytest.mark.parametrize(("query", "expected"), PAIRS)
async def test_a_query_finds(directory: Any, ask: Any, query: str, expected: str) -> None:
    found = await ask(query, kind="organisation")
    assert found["items"], query
    assert title(found["items"][0]) == expected
    assert not found["partial"]
