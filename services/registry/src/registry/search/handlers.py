"""Answering a search."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.access.grants import Access
from sqlalchemy.ext.asyncio import AsyncSession

from registry.pages import BadCursor
from registry.search import queries
from registry.search.documents import Document
from registry.search.expansion import Term, expand
from registry.search.kinds import BY_NAME
from registry.search.queries import Filter, Hit
from registry.search.schemas import Facets, FacetValue, SearchAnswer, SearchHit, SearchKind, TextPart
from registry.search.words import excerpt, fold, mark, tokens

MOST_VALUES = 12  # of a filter

Shown = list[tuple[Hit, Document]]


async def search(
    session: AsyncSession, access: Access | None, query: str, wanted: Filter, after: str | None, limit: int
) -> SearchAnswer:
    """What the caller may find for a query."""
    start = _start(after)
    terms = await expand(session, query)
    hits = await queries.find(session, access, terms, wanted)
    elsewhere = [] if hits or wanted == Filter() else await queries.find(session, access, terms, Filter())
    shown = await _read(session, hits[start : start + limit])
    names = await queries.labels(session, hits)
    words = {word for term in terms for word in term.words}
    return SearchAnswer(
        items=[_hit(hit, document, words) for hit, document in shown],
        total=len(hits),
        elsewhere=len(elsewhere),
        facets=_facets(hits, names),
        terms=[term.word for term in terms],
        corrected=_corrected(query, terms, shown),
        partial=bool(hits) and hits[0].met < len(terms),
        next=str(start + limit) if start + limit < len(hits) else None,
    )


def _start(after: str | None) -> int:
    if after is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,4}", after, re.ASCII):
        raise BadCursor
    return int(after)


async def _read(session: AsyncSession, hits: Sequence[Hit]) -> Shown:
    """The entries themselves, as they are now."""
    documents: dict[UUID, Document] = {}
    for kind in {hit.kind for hit in hits}:
        ids = [hit.id for hit in hits if hit.kind == kind]
        documents |= {document.id: document for document in await BY_NAME[kind].documents(session, ids)}
    return [(hit, documents[hit.id]) for hit in hits if hit.id in documents]


def _hit(hit: Hit, document: Document, words: set[str]) -> SearchHit:
    pieces = (excerpt(text, words) for _, text in document.texts)
    return SearchHit(
        kind=SearchKind(hit.kind),
        id=hit.id,
        title=[TextPart.model_validate(part) for part in mark(document.title, words)],
        excerpt=[TextPart.model_validate(part) for part in next((piece for piece in pieces if piece), [])],
        slug=document.slug,
        village=document.village,
        municipality=document.municipality,
        network=document.network,
        organisation=document.organisation,
        person_id=document.person_id,
        paused=document.paused,
    )


def _facets(hits: Sequence[Hit], names: dict[str, dict[Any, tuple[str, str]]]) -> Facets:
    counts = {
        "field": Counter(one for hit in hits for one in set(hit.fields)),
        "village": Counter(str(one) for hit in hits for one in set(hit.villages)),
        "municipality": Counter(str(one) for hit in hits for one in set(hit.municipalities)),
        "network": Counter(str(one) for hit in hits for one in set(hit.networks)),
    }
    kinds = Counter(hit.kind for hit in hits)
    found = {
        of: [
            FacetValue(value=names[of][key][0], name=names[of][key][1], count=count)
            for key, count in sorted(counted.items(), key=lambda pair: (-pair[1], names[of].get(pair[0], ("", ""))[1]))
            if key in names[of]
        ][:MOST_VALUES]
        for of, counted in counts.items()
    }
    of_kind = [FacetValue(value=kind, name=kind, count=kinds[kind]) for kind in BY_NAME if kinds[kind]]
    return Facets(kind=of_kind, **found)


def _corrected(query: str, terms: Sequence[Term], shown: Shown) -> str | None:
    """The query with what was meant in place of what was mistyped, spelled as in the best entry that has it.

    Only what the caller is shown gives its spelling: a suggestion must not tell a name that they may not see.
    """
    spelled = {}
    for term in terms:
        if term.corrected:
            spelling = _spelling(term.words, shown)
            if spelling is None:
                return None
            spelled[term.word] = spelling
    if not spelled:
        return None
    text, end = "", 0
    for token in tokens(query):
        text += query[end : token.start] + spelled.get(token.word, query[token.start : token.end])
        end = token.end
    return text + query[end:]


def _spelling(words: set[str], shown: Shown) -> str | None:
    for _, document in shown:
        for text in (document.title, *(text for _, text in (*document.texts, *document.also)), document.village or ""):
            for token in tokens(text):
                if fold(text[token.start : token.end]) in words:
                    return text[token.start : token.end]
    return None
