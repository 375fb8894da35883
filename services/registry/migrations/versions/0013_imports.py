"""Imports of lists."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, protect
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OFFICE = f"office = ANY ({ENTERED})"
IMPORT = "import_id IN (SELECT id FROM list_import)"  # what its own policy lets through
TABLES = ("list_import_part", "list_import_chunk", "list_import_row", "list_import_entry")


def upgrade() -> None:
    op.create_table(
        "list_import",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("good_rows_only", sa.Boolean(), nullable=False),
        sa.Column("remove_changed", sa.Boolean(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("problem", postgresql.JSONB()),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_import")),
    )
    op.create_index(op.f("ix_list_import_office"), "list_import", ["office"])
    op.create_table(
        "list_import_mapping",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("titles", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("office", "kind", name=op.f("pk_list_import_mapping")),
    )
    _create_parts()
    _create_rows()
    protect(op, "list_import", read=OFFICE)
    protect(op, "list_import_mapping", read=OFFICE)
    for table in TABLES:
        protect(op, table, read=IMPORT)


def _create_parts() -> None:
    op.create_table(
        "list_import_part",
        _import_id("list_import_part"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40)),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("titles", postgresql.JSONB(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("constants", postgresql.JSONB(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rows", "wrong", "hinted", "known")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_list_import_part")),
    )
    op.create_table(
        "list_import_chunk",
        _import_id("list_import_chunk"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_list_import_chunk")),
    )


def _create_rows() -> None:
    op.create_table(
        "list_import_row",
        _import_id("list_import_row"),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("values", postgresql.JSONB(), nullable=False),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("matches", postgresql.JSONB(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("choice", sa.String(40)),
        sa.Column("target_id", sa.Uuid()),
        sa.Column("outcome", sa.String(40)),
        sa.Column("entity_id", sa.Uuid()),
        _person_id("list_import_row"),
        sa.Column("email", sa.String()),
        sa.PrimaryKeyConstraint("import_id", "part", "number", name=op.f("pk_list_import_row")),
    )
    op.create_index(op.f("ix_list_import_row_person_id"), "list_import_row", ["person_id"])
    op.create_index("ix_list_import_row_email", "list_import_row", [sa.text("lower(email)")])
    op.create_table(
        "list_import_entry",
        _import_id("list_import_entry"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        _person_id("list_import_entry"),
        sa.Column("created", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("kept", sa.String()),
        sa.PrimaryKeyConstraint("import_id", "kind", "entity_id", name=op.f("pk_list_import_entry")),
    )
    op.create_index(op.f("ix_list_import_entry_person_id"), "list_import_entry", ["person_id"])


def _import_id(table: str) -> sa.Column[object]:
    key = sa.ForeignKey("list_import.id", name=op.f(f"fk_{table}_import_id_list_import"), ondelete="CASCADE")
    return sa.Column("import_id", sa.Uuid(), key, nullable=False)


def _person_id(table: str) -> sa.Column[object]:
    """By the key an erasure finds the row."""
    key = sa.ForeignKey("person.id", name=op.f(f"fk_{table}_person_id_person"), ondelete="CASCADE")
    return sa.Column("person_id", sa.Uuid(), key)


def downgrade() -> None:
    for table in (*reversed(TABLES), "list_import_mapping", "list_import"):
        op.drop_table(table)
