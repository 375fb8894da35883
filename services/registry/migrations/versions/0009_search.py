"""The search: words, typing errors, postings, and the triggers that say which entries have changed."""

import sqlalchemy as sa
from alembic import op
from registry.search.watching import create_functions, drop_functions, forget, unforget, unwatch, watch
from shared.access.tenancy import ENTERED, NOBODY, protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORD = sa.Text(collation="C")
_IN = f"id::text = ANY ({ENTERED})"
STAFF = f"EXISTS (SELECT FROM municipality WHERE {_IN}) OR EXISTS (SELECT FROM network WHERE {_IN})"  # noqa: S608
OWN = "EXISTS (SELECT FROM volunteer WHERE volunteer.id = entry_id)"  # the volunteer's policy holds in it

_FIELD = "SELECT {column} FROM {table} WHERE field_id IN (SELECT id FROM changed)"
_VOLUNTEERS_OF_PERSONS = "SELECT id FROM volunteer WHERE person_id IN (SELECT {column} FROM changed)"
_IN_VILLAGE = "SELECT id FROM organisation WHERE village_id IN ({villages})"
_VILLAGES = "SELECT id FROM village WHERE municipality_id IN (SELECT id FROM changed)"
_HELPING = "SELECT volunteer_id FROM volunteer_area WHERE area_id IN (SELECT id FROM changed)"
_SIDE = "SELECT id FROM help_entry WHERE side = '{side}' AND {column} IN ({of})"

# Table, kind, which entries of the kind a change of its rows concerns.
WATCHED = (
    ("organisation", "organisation", "SELECT id FROM changed"),
    ("organisation_field", "organisation", "SELECT organisation_id FROM changed"),
    ("village", "village", "SELECT id FROM changed"),
    ("village", "organisation", _IN_VILLAGE.format(villages="SELECT id FROM changed")),
    ("village", "volunteer", _HELPING),
    ("municipality", "municipality", "SELECT id FROM changed"),
    ("municipality", "village", _VILLAGES),
    ("municipality", "organisation", _IN_VILLAGE.format(villages=_VILLAGES)),
    ("municipality", "volunteer", _HELPING),
    ("network", "network", "SELECT id FROM changed"),
    ("network", "volunteer", _HELPING),
    ("network_goal", "network", "SELECT network_id FROM changed"),
    ("field_of_activity", "organisation", _FIELD.format(column="organisation_id", table="organisation_field")),
    ("field_of_activity", "volunteer", _FIELD.format(column="volunteer_id", table="volunteer_field")),
    ("volunteer", "volunteer", "SELECT id FROM changed"),
    ("volunteer_field", "volunteer", "SELECT volunteer_id FROM changed"),
    ("volunteer_area", "volunteer", "SELECT volunteer_id FROM changed"),
    ("person", "volunteer", _VOLUNTEERS_OF_PERSONS.format(column="id")),
    ("consent", "volunteer", _VOLUNTEERS_OF_PERSONS.format(column="person_id")),
    *(
        (table, side, _SIDE.format(side=side, column=column, of=of))
        for side in ("need", "offer")
        for table, column, of in (
            ("help_entry", "id", "SELECT id FROM changed"),
            ("help_entry_field", "id", "SELECT entry_id FROM changed"),
            ("organisation", "organisation_id", "SELECT id FROM changed"),
            ("village", "village_id", "SELECT id FROM changed"),
            ("municipality", "village_id", _VILLAGES),
            ("field_of_activity", "id", _FIELD.format(column="entry_id", table="help_entry_field")),
        )
    ),
)
# Tables of entries, and the kinds of these.
ENTRIES = {
    "organisation": ("organisation",),
    "help_entry": ("need", "offer"),
    "village": ("village",),
    "municipality": ("municipality",),
    "network": ("network",),
    "volunteer": ("volunteer",),
}


def upgrade() -> None:
    _create_tables()
    protect(op, "search_word", read=f"public OR {STAFF}", write=NOBODY)
    protect(op, "search_typo", read=f"public OR {STAFF}", write=NOBODY)
    protect(op, "search_posting", read=f"public OR {OWN}", write=NOBODY)
    protect(op, "search_stale", read=NOBODY)
    create_functions(op)
    for table, kind, entries in WATCHED:
        watch(op, table, kind, entries)
    for table, kinds in ENTRIES.items():
        forget(op, table)
        for kind in kinds:
            only = f"WHERE side = '{kind}'" if len(kinds) > 1 else ""
            op.execute(f"INSERT INTO search_stale (kind, entry_id) SELECT '{kind}', id FROM {table} {only}")  # noqa: S608


def downgrade() -> None:
    for table, kind, _ in WATCHED:
        unwatch(op, table, kind)
    for table in ENTRIES:
        unforget(op, table)
    drop_functions(op)
    for table in ("search_stale", "search_posting", "search_typo", "search_word"):
        op.drop_table(table)


def _create_tables() -> None:
    op.create_table(
        "search_word",
        sa.Column("word", WORD, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("stem", WORD, nullable=False),
        sa.Column("reversed", WORD, nullable=False),
        sa.PrimaryKeyConstraint("word", "public", name=op.f("pk_search_word")),
    )
    op.create_index(op.f("ix_search_word_stem"), "search_word", ["stem"])
    op.create_index(op.f("ix_search_word_reversed"), "search_word", ["reversed"])
    op.create_table(
        "search_typo",
        sa.Column("key", WORD, nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", "word", "public", name=op.f("pk_search_typo")),
    )
    op.create_index(op.f("ix_search_typo_word"), "search_typo", ["word"])
    op.create_table(
        "search_posting",
        sa.Column("word", WORD, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("word", "entry_id", name=op.f("pk_search_posting")),
    )
    op.create_index(op.f("ix_search_posting_entry_id"), "search_posting", ["entry_id"])
    op.create_table(
        "search_stale",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_search_stale")),
    )
