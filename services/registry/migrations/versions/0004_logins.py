"""New addresses, identities at a login provider, API clients, limits; and who may see the rows of logins."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, NOBODY, protect, unprotect
from shared.web import rate_limits

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEW = ("address_change", "api_client", "used_id_token", "external_identity")


def _in(column: str) -> str:
    return f"{column}::text = ANY ({ENTERED})"


def upgrade() -> None:
    op.create_table(
        "external_identity",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_external_identity_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_external_identity_issuer_subject")),
        sa.UniqueConstraint("issuer", "person_id", name=op.f("uq_external_identity_issuer_person_id")),
    )
    op.create_index(op.f("ix_external_identity_person_id"), "external_identity", ["person_id"])
    op.create_table(
        "used_id_token",
        sa.Column("nonce_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_used_id_token")),
    )
    op.create_index(op.f("ix_used_id_token_expires_at"), "used_id_token", ["expires_at"])
    op.create_table(
        "api_client",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(scope = 'district') = (scope_id IS NULL)", name=op.f("ck_api_client_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
    )
    op.create_index(op.f("ix_api_client_scope_id"), "api_client", ["scope_id"])
    _create_address_changes()
    rate_limits.create_table(op)
    _protect()


def _create_address_changes() -> None:
    op.create_table(
        "address_change",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_address_change_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
        sa.UniqueConstraint("person_id", name=op.f("uq_address_change_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_address_change_token_hash")),
    )
    op.create_index(op.f("ix_address_change_expires_at"), "address_change", ["expires_at"])


def _protect() -> None:
    protect(op, "address_change", read=_in("person_id"))
    protect(op, "external_identity", read=_in("person_id"))
    protect(op, "used_id_token", read=NOBODY)
    # The client of an association is its municipality's and its network's, as the association itself.
    villages = f"SELECT id FROM village WHERE {_in('municipality_id')} OR {_in('network_id')}"  # noqa: S608 - constants
    organisations = f"SELECT id FROM organisation WHERE village_id IN ({villages})"  # noqa: S608
    protect(op, "api_client", read=f"{_in('scope_id')} OR scope_id IN ({organisations})")


def downgrade() -> None:
    for table in _NEW:
        unprotect(op, table)
    rate_limits.drop_table(op)
    for table in _NEW:
        op.drop_table(table)
