"""Probable duplicates: what entries are compared by, and the pairs that were found."""

import sqlalchemy as sa
from alembic import op
from registry.duplicates.keys import (
    EMAIL,
    ORGANISATION_NAME,
    PERSON_NAME,
    PERSON_SOUND,
    REGISTER_COURT,
    REGISTER_NUMBER,
    WEBSITE,
)
from shared.access.tenancy import ENTERED, protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Each calls the others by their full names: `pg_restore` fills the derived columns with an empty search path. Letters
# are changed one by one where `lower` would depend on the database's locale.
FUNCTIONS = {
    "dorfnetz_match_text(entered text)": """
        SELECT btrim(regexp_replace(translate(
            replace(replace(replace(replace(
                translate(lower(entered COLLATE "C"), 'ÄÖÜẞÁÀÂÃÅÉÈÊËÍÌÎÏÓÒÔÕØÚÙÛÇÑŠŽÝŁĆČŚĐ',
                          'äöüßáàâãåéèêëíìîïóòôõøúùûçñšžýłćčśđ'),
                'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'),
            'áàâãåéèêëíìîïóòôõøúùûçñšžýłćčśđ', 'aaaaaeeeeiiiiooooouuucnszylccsd'),
            '[^a-z0-9]+', ' ', 'g'))
    """,
    "dorfnetz_match_words(entered text, without text[])": """
        SELECT coalesce(string_agg(word, ' ' ORDER BY word COLLATE "C"), '')
        FROM (SELECT DISTINCT unnest(string_to_array(public.dorfnetz_match_text(entered), ' ')) AS word) AS words
        WHERE word <> '' AND word <> ALL (without)
    """,
    # „Gröberner Heimatverein“ in Gröbern is „Heimatverein“.
    "dorfnetz_match_elsewhere(words text, place text)": """
        SELECT coalesce(string_agg(word, ' '), '') FROM unnest(string_to_array(words, ' ')) AS word
        WHERE NOT EXISTS (SELECT FROM unnest(string_to_array(public.dorfnetz_match_text(place), ' ')) AS named
                          WHERE length(named) > 3 AND starts_with(word, named))
    """,
    # After the Kölner Phonetik (H. J. Postel, 1969): letters that sound alike are one, vowels count at the start alone.
    "dorfnetz_match_sound(words text)": """
        SELECT coalesce(string_agg(sound, ' ' ORDER BY sound COLLATE "C"), '')
        FROM (SELECT left(word, 1) || translate(substr(word, 2), 'aeiouh', '') AS sound
              FROM unnest(string_to_array(regexp_replace(translate(
                  replace(replace(replace(words, 'sch', 's'), 'ch', 'k'), 'ph', 'f'),
                  'cqgbdvwzxyjn', 'kkkptffssiim'), '([a-z])\\1+', '\\1', 'g'), ' ')) AS word) AS sounds
    """,
    # VR 0123, VR123 and 123 are one number.
    "dorfnetz_match_register_number(entered text)": """
        SELECT regexp_replace(replace(public.dorfnetz_match_text(entered), ' ', ''), '^(vr)?0*', '')
    """,
    "dorfnetz_match_website(entered text)": """
        SELECT regexp_replace(lower(entered COLLATE "C"), '^[a-z]+://(www\\.)?|[/?#]+$', '', 'g')
    """,
}
# Table, column, what it is derived from.
COLUMNS = (
    ("organisation", "name_key", ORGANISATION_NAME),
    ("organisation", "court_key", REGISTER_COURT),
    ("organisation", "register_key", REGISTER_NUMBER),
    ("organisation", "website_key", WEBSITE),
    ("person", "name_key", PERSON_NAME),
    ("person", "sound_key", PERSON_SOUND),
    ("person", "email_key", EMAIL),
)
REQUIRED = {"name_key", "court_key", "sound_key"}
INDEXED = (
    *(("organisation", column) for column in ("name_key", "register_key", "website_key")),
    *(("person", column) for column in ("sound_key", "email_key", "phone")),
)

VILLAGES = f"SELECT id FROM village WHERE municipality_id::text = ANY ({ENTERED}) OR network_id::text = ANY ({ENTERED})"  # noqa: S608 - constants, as everywhere here
# A pair is seen by whoever may change both organisations, or sees both persons (by the policy of their table).
SEEN = {
    "organisation": f"SELECT id FROM organisation WHERE village_id IN ({VILLAGES})",  # noqa: S608
    "person": "SELECT id FROM person",
}


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # trusted, as btree_gist is
    for signature, body in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {signature} RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $${body}$$"
        )
    for table, name, expression in COLUMNS:
        derived = sa.Computed(expression, persisted=True)
        op.add_column(table, sa.Column(name, sa.String(), derived, nullable=name not in REQUIRED))
    for table, column in INDEXED:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    for table, seen in SEEN.items():
        _create_pairs(table)
        protect(op, f"{table}_pair", read=f"left_id IN ({seen}) AND right_id IN ({seen})")


def _create_pairs(table: str) -> None:
    pair = f"{table}_pair"
    op.create_table(
        pair,
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("different_at", sa.DateTime(timezone=True)),
        sa.Column("different_by", sa.Uuid()),
        sa.CheckConstraint("left_id < right_id", name=op.f(f"ck_{pair}_in_order")),
        sa.ForeignKeyConstraint(
            ["left_id"], [f"{table}.id"], name=op.f(f"fk_{pair}_left_id_{table}"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["right_id"], [f"{table}.id"], name=op.f(f"fk_{pair}_right_id_{table}"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("left_id", "right_id", name=op.f(f"pk_{pair}")),
    )
    op.create_index(op.f(f"ix_{pair}_right_id"), pair, ["right_id"])
    op.create_index(f"ix_{pair}_score", pair, ["score", "left_id", "right_id"])


def downgrade() -> None:
    for table in SEEN:
        op.drop_table(f"{table}_pair")
    for table, column in INDEXED:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    for table, name, _ in reversed(COLUMNS):
        op.drop_column(table, name)
    for signature in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {signature}")
    op.execute("DROP EXTENSION pg_trgm")
