"""Words as the search compares them, and how a text is shown with what was found in it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import Stemmer  # type: ignore[import-not-found]

LONGEST = 60  # letters of a word: nothing longer is a German word
SHORTEST_PART = 4  # of a compound
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_stemmer = Stemmer.Stemmer("german", 0)  # snowball; without its cache, which is not made for threads

# Words that say nothing about what somebody looks for.
STOP_WORDS = frozenset(
    """
    aber alle allem allen aller alles als am an auch auf aus bei beim bis da dann das dass dem den denn der des die
    dies diese diesem diesen dieser dieses doch du durch ein eine einem einen einer eines er es etwas euch euer fuer
    gegen hat haben hier ich ihr ihre im in ins ist ja kann kein keine man mehr mein mich mir mit nach nicht noch nur
    ob oder ohne sehr sein sich sie sind so soll ueber um und uns unser unsere unter vom von vor war was wenn wer wie
    wir wird wo zu zum zur suche finde wen welche welcher e v ev
    """.split()  # noqa: SIM905 - a list of a hundred strings is no easier to read
)

# Second parts of what associations are called. A compound is split where both parts are known: these are, and every
# word that the directory itself has.
HEADS = frozenset(
    """
    verein vereine verband bund club gruppe kreis chor orchester kapelle wehr feuerwehr jugend senioren kinder garten
    schule laden markt haus heim hof halle platz saal raum fest abend tag treff treffen hilfe dienst arbeit schutz
    pflege foerderung gemeinschaft genossenschaft initiative stiftung rat amt werk werkstatt team mannschaft sport spiel
    musik tanz kunst kultur heimat geschichte natur umwelt tier wald wasser fahrt fahrer bus auto freunde frauen maenner
    angler schuetzen siedler buecher kirche karneval theater
    """.split()  # noqa: SIM905 - a list of a hundred strings is no easier to read
)


def fold(word: str) -> str:
    """Lower-case ASCII; umlauts as ae, oe, ue, ss: `Gröbern`, `Groebern` and `GRÖBERN` are the same."""
    text = unicodedata.normalize("NFC", word).lower().translate(_GERMAN)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", text)[:LONGEST]


def stem(word: str) -> str:
    """The stem of a folded word: `vereine` and `vereins` are `verein`."""
    return str(_stemmer.stemWord(word))


@dataclass(frozen=True)
class Token:
    """A word of a text: where it stands there, and how it is compared."""

    start: int
    end: int
    word: str


def tokens(text: str) -> Iterator[Token]:
    """The words of a text; of `Jugend-Feuerwehr` there are two."""
    text = unicodedata.normalize("NFC", text)
    for match in _TOKEN.finditer(text):
        if word := fold(match[0]):
            yield Token(match.start(), match.end(), word)


def words_of(text: str) -> list[str]:
    """The folded words of a text that say something, in their order."""
    return [token.word for token in tokens(text) if token.word not in STOP_WORDS]


def splits(word: str) -> Iterator[tuple[str, str]]:
    """How a folded word could be two; the joint (Fugenelement: s, n, en, es) may belong to neither."""
    for position in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        left, right = word[:position], word[position:]
        yield left, right
        for joint in ("s", "n", "en", "es"):
            if left.endswith(joint) and len(left) - len(joint) >= SHORTEST_PART:
                yield left.removesuffix(joint), right


def deletions(word: str) -> set[str]:
    """The word, and it without each one of its letters: words one typing error apart have one of them in common.

    The idea of symmetric deletion (Garbe, SymSpell, 2012): typing errors are found by equality, which an index serves.
    """
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def typing_errors(one: str, other: str, most: int) -> int:
    """Letters missing, added, wrong or swapped with their neighbour (optimal string alignment); `most` + 1 for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def most_errors(word: str) -> int:
    """How many typing errors a word of this length is forgiven."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


@dataclass(frozen=True)
class Part:
    """A piece of a text; `match` where it is what was looked for."""

    text: str
    match: bool


def mark(text: str, found: Iterable[str]) -> list[Part]:
    """The text in pieces: those whose folded word is one of `found`, and what is between them."""
    text, wanted, parts, end = unicodedata.normalize("NFC", text), set(found), [], 0
    for token in tokens(text):
        if token.word in wanted:
            parts += [Part(text[end : token.start], False), Part(text[token.start : token.end], True)]
            end = token.end
    return [part for part in [*parts, Part(text[end:], False)] if part.text]


def excerpt(text: str, found: Iterable[str], length: int = 220) -> list[Part] | None:
    """The piece of the text around the first match, cut between words; None where nothing matches."""
    wanted = set(found)
    text = " ".join(unicodedata.normalize("NFC", text).split())
    first = next((token for token in tokens(text) if token.word in wanted), None)
    if first is None:
        return None
    start = text.rfind(" ", 0, max(0, first.start - length // 4)) + 1
    end = len(text) if start + length >= len(text) else text.rfind(" ", max(first.end, start), start + length)
    end = max(end, first.end)
    cut = f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"
    return mark(cut, wanted)
