"""The tables of the search. None of them is asked for by id: they are made from the directory and can be made again."""

import sqlalchemy as sa

from registry.database import Base

WORD = sa.Text(
    collation="C"
)  # compared byte by byte, which PostgreSQL knows to leak nothing: its index serves policies

search_word = sa.Table(
    "search_word",
    Base.metadata,
    sa.Column("word", WORD, primary_key=True),
    sa.Column("public", sa.Boolean, primary_key=True),
    sa.Column("stem", WORD, nullable=False, index=True),
    sa.Column("reversed", WORD, nullable=False, index=True),
)
"""Every word of every entry, once; `public` where it stands in something that everybody may read."""

search_typo = sa.Table(
    "search_typo",
    Base.metadata,
    sa.Column("key", WORD, primary_key=True),
    sa.Column("word", WORD, primary_key=True),
    sa.Column("public", sa.Boolean, primary_key=True),
    sa.Index("ix_search_typo_word", "word"),
)
"""Each word without each one of its letters (see `words.deletions`)."""

search_posting = sa.Table(
    "search_posting",
    Base.metadata,
    sa.Column("word", WORD, primary_key=True),
    sa.Column("entry_id", sa.Uuid, primary_key=True, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("weight", sa.Double, nullable=False),
    sa.Column("public", sa.Boolean, nullable=False),
)
"""Which word stands in which entry, and how much it says about it."""

search_stale = sa.Table(
    "search_stale",
    Base.metadata,
    sa.Column("position", sa.BigInteger, sa.Identity(always=False), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("entry_id", sa.Uuid, nullable=False),
)
"""Entries that have changed since they were read; written by triggers, so that no change is forgotten."""
