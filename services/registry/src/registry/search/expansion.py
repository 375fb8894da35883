"""From what somebody typed to the words that the directory has: inflections, beginnings, compounds, typing errors."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from registry.search.model import WORD
from registry.search.words import (
    HEADS,
    SHORTEST_PART,
    deletions,
    most_errors,
    splits,
    stem,
    typing_errors,
    words_of,
)

MOST_TERMS = 8  # of a query; who pastes a page is answered by its first words
SHORTEST_BEGINNING = 3  # letters of a word that is still being typed
SHORTEST_GUESS = 6  # letters of a mistyped half of a compound: of four, too many words are similar
MOST_WORDS = 300  # that a beginning or an ending stands for
EXACT, BEGINNING, ENDING, PART, TYPO = 1.0, 0.7, 0.7, 0.6, 0.5
"""How much a match counts, by how the word was found."""


@dataclass
class Term:
    """A word of the query. Each alternative is met by a word of every one of its parts: word and factor."""

    word: str
    alternatives: list[list[dict[str, float]]] = field(default_factory=list)
    corrected: bool = False  # whether only another spelling of it is known

    @property
    def words(self) -> set[str]:
        return {word for parts in self.alternatives for part in parts for word in part}


_LOOK_UP = sa.text(
    """
    SELECT 'stem' AS how, w.stem AS asked, w.word FROM search_word AS w WHERE w.stem = ANY (:stems)
    UNION
    SELECT 'beginning', a.low, f.word FROM unnest(:lows, :highs) AS a(low, high),
        LATERAL (SELECT w.word FROM search_word AS w WHERE w.word >= a.low AND w.word < a.high LIMIT :most) AS f
    UNION
    SELECT 'ending', a.low, f.word FROM unnest(:ends, :last_ends) AS a(low, high),
        LATERAL (SELECT w.word FROM search_word AS w WHERE w.reversed >= a.low AND w.reversed < a.high
                 LIMIT :most) AS f
    UNION
    SELECT 'typo', t.key, t.word FROM search_typo AS t WHERE t.key = ANY (:keys)
    """
).bindparams(*(bindparam(name, type_=ARRAY(WORD)) for name in ("stems", "lows", "highs", "ends", "last_ends", "keys")))


async def expand(session: AsyncSession, query: str) -> list[Term]:
    """The terms of a query with the words that stand for them, of those that the caller may know."""
    terms = [Term(word) for word in dict.fromkeys(words_of(query))][:MOST_TERMS]
    if not terms:
        return []
    compounds = {term.word: list(splits(term.word)) for term in terms}
    halves = {half for pairs in compounds.values() for pair in pairs for half in pair}
    words = [term.word for term in terms]
    known = await _look_up(session, words, halves, mistyped=words)
    pairs = {word: _best(compounds[word], known) for word in words}
    guesses = {word: _half_known(compounds[word], known) for word in words if not (pairs[word] or known.knows(word))}
    parts = {part for pair in pairs.values() if pair for part in pair}
    parts |= {right for found in guesses.values() for right, _ in found}
    wrong = {wrong for found in guesses.values() for _, wrong in found}
    of_parts = await _look_up(session, sorted(parts), (), mistyped=wrong) if parts else _Known()
    for term in terms:
        whole = known.standing_for(term.word)
        pair = pairs[term.word]
        both = [of_parts.standing_for(part, PART) for part in pair] if pair else []
        if whole:
            term.alternatives.append([whole])
        if both and all(both):
            term.alternatives.append(both)
        if not term.alternatives and (similar := known.similar_to(term.word)):
            term.alternatives.append([similar])
            term.corrected = True
        for right, mistyped in guesses.get(term.word, ()):
            if similar := of_parts.similar_to(mistyped):
                term.alternatives.append([of_parts.standing_for(right, PART), similar])
    return terms


class _Known:
    """What the directory's words answered: by how they were asked for."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], set[str]] = defaultdict(set)

    def has(self, word: str) -> bool:
        """Whether it is a word of the directory, in this or another inflection."""
        return ("stem", stem(word)) in self.found

    def knows(self, word: str) -> bool:
        """Whether anything stands for it, be it in another spelling."""
        return bool(self.standing_for(word) or self.similar_to(word))

    def standing_for(self, word: str, factor: float = 1.0) -> dict[str, float]:
        """Its inflections, what begins with it and what ends with it."""
        wanted: dict[str, float] = {}
        for how, asked, worth in (
            ("ending", stem(word)[::-1], ENDING),
            ("beginning", _beginning(word), BEGINNING),
            ("stem", stem(word), EXACT),
        ):
            wanted |= dict.fromkeys(self.found.get((how, asked), ()), worth * factor)
        return wanted

    def similar_to(self, word: str) -> dict[str, float]:
        """The words with the fewest typing errors, if there are few enough."""
        most = most_errors(word)
        candidates = {found for key in deletions(word) for found in self.found.get(("typo", key), ())}
        errors = {found: typing_errors(word, found, most) for found in candidates}
        fewest = min(errors.values(), default=most + 1)
        return {found: TYPO for found, number in errors.items() if number == fewest <= most}


async def _look_up(
    session: AsyncSession, words: list[str], halves: Iterable[str], *, mistyped: Iterable[str]
) -> _Known:
    begun = sorted({_beginning(word) for word in words if len(word) >= SHORTEST_BEGINNING})
    ended = sorted({stem(word)[::-1] for word in words if len(stem(word)) >= SHORTEST_PART})
    rows = await session.execute(
        _LOOK_UP,
        {
            "stems": sorted({stem(word) for word in (*words, *halves)}),
            "lows": begun,
            "highs": [_after(word) for word in begun],
            "ends": ended,
            "last_ends": [_after(word) for word in ended],
            "keys": sorted({key for word in mistyped if most_errors(word) for key in deletions(word)}),
            "most": MOST_WORDS,
        },
    )
    known = _Known()
    for how, asked, word in rows:
        known.found[how, asked].add(word)
    return known


def _best(pairs: list[tuple[str, str]], known: _Known) -> tuple[str, str] | None:
    """The split into two words that are known; of several the one whose shorter part is longest."""
    fitting = [pair for pair in pairs if known.has(pair[0]) and (known.has(pair[1]) or pair[1] in HEADS)]
    fitting += [pair for pair in pairs if pair[0] in HEADS and known.has(pair[1])]
    return max(fitting, key=lambda pair: (min(map(len, pair)), len(pair[0])), default=None)


def _half_known(pairs: list[tuple[str, str]], known: _Known) -> list[tuple[str, str]]:
    """Of a compound that is not known: each split with one known half, that one first, and a long one that is not."""
    either = [*pairs, *((right, left) for left, right in pairs)]
    return [(right, wrong) for right, wrong in either if known.has(right) and len(wrong) >= SHORTEST_GUESS]


def _beginning(word: str) -> str:
    """What other words may begin with: the word without its ending, where its stem is a piece of it."""
    stemmed = stem(word)
    return stemmed if word.startswith(stemmed) else word


def _after(text: str) -> str:
    """The first text after all that begin with this one; the words are ASCII letters and digits."""
    return text + "\x7f"
