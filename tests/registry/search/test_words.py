"""Words without a database."""

from registry.search.words import excerpt, fold, mark, splits, typing_errors, words_of


def test_umlauts_are_the_same_however_they_are_typed() -> None:
    assert fold("Gröbern") == fold("GROEBERN") == fold("Gro\u0308bern") == "groebern"
    assert fold("Weiß") == "weiss"


def test_words_that_say_nothing_are_left_out() -> None:
    assert words_of("Der Verein für die Jugend-Feuerwehr e. V.") == ["verein", "jugend", "feuerwehr"]


def test_a_compound_may_have_a_joint() -> None:
    assert ("feuerwehr", "verein") in set(splits("feuerwehrverein"))
    assert ("gemeinschaft", "haus") in set(splits("gemeinschaftshaus"))


def test_typing_errors_are_counted() -> None:
    for other, number in (("feuerwehr", 0), ("feuerwer", 1), ("feurewehr", 1), ("fuerwer", 2), ("gartenbau", 3)):
        assert typing_errors("feuerwehr", other, 2) == number


def test_an_excerpt_shows_the_match_and_cuts_between_words() -> None:
    text = "Anfang " * 60 + "mit der Feuerwehr zusammen " + "weiter " * 60
    parts = excerpt(text, {"feuerwehr"})
    assert parts is not None
    shown = "".join(part.text for part in parts)
    assert [part.text for part in parts if part.match] == ["Feuerwehr"]
    assert (shown[:2], shown[-2:]) == ("… ", " …")
    assert len(shown) < 240
    assert set(shown.strip("… ").split()) <= set(text.split())
    assert excerpt("Nichts davon", {"feuerwehr"}) is None
    assert [part.match for part in mark("Feuerwehr", {"feuerwehr"})] == [True]
