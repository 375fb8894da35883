"""Organisations in full."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

EMPTY_TEXT, EMPTY_LIST = {"nullable": False, "server_default": ""}, {"nullable": False, "server_default": "{}"}
NEW = (
    sa.Column("public_body_kind", sa.String()),
    sa.Column("register_court", sa.String(), **EMPTY_TEXT),
    sa.Column("register_number", sa.String(), **EMPTY_TEXT),
    sa.Column("notice", postgresql.JSONB()),
    sa.Column("purposes", postgresql.ARRAY(sa.Text()), **EMPTY_LIST),
    sa.Column("potentials", sa.String(), **EMPTY_TEXT),
    sa.Column("founded_on", sa.Date()),
    sa.Column("members", sa.Integer()),
    sa.Column("facilities", postgresql.ARRAY(sa.Text()), **EMPTY_LIST),
    sa.Column("languages", postgresql.ARRAY(sa.Text()), **EMPTY_LIST),
    sa.Column("federations", postgresql.ARRAY(sa.Uuid()), **EMPTY_LIST),
    sa.Column("confirmed_on", sa.Date()),
    sa.Column("stale_since", sa.Date()),
)


def upgrade() -> None:
    for column in NEW:
        op.add_column("organisation", column)
        if column.server_default is not None:
            op.alter_column("organisation", column.name, server_default=None)


def downgrade() -> None:
    for column in reversed(NEW):
        op.drop_column("organisation", column.name)
