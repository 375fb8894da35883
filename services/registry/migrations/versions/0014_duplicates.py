"""Probable duplicates: what entries are compared by."""

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


def downgrade() -> None:
    for table, column in INDEXED:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    for table, name, _ in reversed(COLUMNS):
        op.drop_column(table, name)
    for signature in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {signature}")
    op.execute("DROP EXTENSION pg_trgm")
