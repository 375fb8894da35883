"""Where villages lie and belonged, who speaks for a network, mergers; fields of activity in time."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, NOBODY, PUBLIC, protect, unprotect
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _in(column: str) -> str:
    return f"{column}::text = ANY ({ENTERED})"


PERSON = f"""
    {_in("id")} OR {_in("recorded_by")}
    OR id IN (SELECT person_id FROM contact)
    OR id IN (SELECT person_id FROM volunteer)
    OR id IN (SELECT person_id FROM access_grant)
"""  # noqa: S608 - constants, as everywhere here
OR_OF_A_NETWORK = "OR id IN (SELECT person_id FROM network_contact)"
NEW = ("network_contact", "merger", "village_seat", "coverage")


def upgrade() -> None:
    _places()
    _histories()
    _mergers()
    _network_contacts()
    _fields()
    op.add_column("lead_mandate", sa.Column("end_told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lead_mandate", sa.Column("loss_told_at", sa.DateTime(timezone=True), nullable=True))
    protect(op, "village_seat", read=PUBLIC, write=_in("municipality_id"))
    protect(op, "coverage", read=PUBLIC, write=NOBODY)
    protect(op, "merger", read=PUBLIC, write=NOBODY)
    protect(op, "network_contact", read=f"{_in('person_id')} OR {_in('network_id')}", write=_in("network_id"))
    unprotect(op, "person")
    protect(op, "person", read=f"{PERSON} {OR_OF_A_NETWORK}")


def _places() -> None:
    op.add_column("village", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("village", sa.Column("longitude", sa.Float(), nullable=True))
    op.create_check_constraint(op.f("ck_village_place_is_whole"), "village", "num_nonnulls(latitude, longitude) <> 1")
    for table in ("municipality", "village"):
        slugs = sa.Column("former_slugs", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
        op.add_column(table, slugs)
        op.alter_column(table, "former_slugs", server_default=None)
        op.create_index(f"ix_{table}_former_slugs", table, ["former_slugs"], postgresql_using="gin")


def _histories() -> None:
    for table, holder in (("village_seat", "municipality"), ("coverage", "network")):
        op.create_table(
            table,
            sa.Column("village_id", sa.Uuid(), nullable=False),
            sa.Column(f"{holder}_id", sa.Uuid(), nullable=False),
            sa.Column("starts_on", sa.Date(), nullable=holder == "municipality"),
            sa.Column("until", sa.Date(), nullable=True),
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
            postgresql.ExcludeConstraint(
                (sa.column("village_id"), "="),
                (sa.literal_column("daterange(starts_on, until + 1)"), "&&"),
                using="gist",
                name=f"ex_{table}_one_at_a_time",
            ),
            sa.CheckConstraint("until >= starts_on - 1", name=op.f(f"ck_{table}_ends_after_it_begins")),
            sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f(f"fk_{table}_village_id_village")),
            sa.ForeignKeyConstraint([f"{holder}_id"], [f"{holder}.id"], name=op.f(f"fk_{table}_{holder}_id_{holder}")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_{holder}_id"), table, [f"{holder}_id"])
    op.execute(
        "INSERT INTO village_seat (id, village_id, municipality_id) "
        "SELECT gen_random_uuid(), id, municipality_id FROM village"
    )
    op.execute(
        "INSERT INTO coverage (id, village_id, network_id, starts_on) "
        "SELECT gen_random_uuid(), village.id, network.id, greatest(village.created_at, network.created_at)::date "
        "FROM village JOIN network ON network.id = village.network_id"
    )


def _mergers() -> None:
    op.add_column("municipality", sa.Column("begins_on", sa.Date(), nullable=True))
    op.add_column("municipality", sa.Column("dissolved_on", sa.Date(), nullable=True))
    op.add_column("municipality", sa.Column("successor_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_municipality_successor_id_municipality"), "municipality", "municipality", ["successor_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_municipality_dissolved_into_one"), "municipality", "num_nonnulls(dissolved_on, successor_id) <> 1"
    )
    op.create_table(
        "merger",
        sa.Column("ags", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("source_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(municipality_id, completed_at) <> 1", name=op.f("ck_merger_completed")),
        sa.CheckConstraint("num_nonnulls(completed_at, cancelled_at) <> 2", name=op.f("ck_merger_ends_once")),
        sa.ForeignKeyConstraint(["into_id"], ["municipality.id"], name=op.f("fk_merger_into_id_municipality")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_merger_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger")),
    )
    op.create_index(
        "uq_merger_planned_ags",
        "merger",
        ["ags"],
        unique=True,
        postgresql_where=sa.text("completed_at IS NULL AND cancelled_at IS NULL AND into_id IS NULL"),
    )


def _network_contacts() -> None:
    op.create_table(
        "network_contact",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("function", sa.String(40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("network_id"), "="),
            (sa.column("person_id"), "="),
            (sa.column("function"), "="),
            (sa.literal_column("daterange(starts_on, until + 1)"), "&&"),
            using="gist",
            name="ex_network_contact_held_once",
        ),
        sa.CheckConstraint("until >= starts_on - 1", name=op.f("ck_network_contact_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_network_contact_network_id_network")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_network_contact_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_contact")),
    )
    op.create_index(op.f("ix_network_contact_person_id"), "network_contact", ["person_id"])


def _fields() -> None:
    op.add_column("field_of_activity", sa.Column("retired_on", sa.Date(), nullable=True))
    op.add_column("field_of_activity", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_field_of_activity_merged_into_id_field_of_activity"),
        "field_of_activity",
        "field_of_activity",
        ["merged_into_id"],
        ["id"],
    )
    op.create_index(
        "uq_field_of_activity_name",
        "field_of_activity",
        [sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("merged_into_id IS NULL"),
    )


def downgrade() -> None:
    unprotect(op, "person")
    protect(op, "person", read=PERSON)
    for table in NEW:
        op.drop_table(table)
    for table, columns in {
        "lead_mandate": ("end_told_at", "loss_told_at"),
        "field_of_activity": ("retired_on", "merged_into_id"),
        "municipality": ("begins_on", "dissolved_on", "successor_id", "former_slugs"),
        "village": ("latitude", "longitude", "former_slugs"),
    }.items():
        for column in columns:
            op.drop_column(table, column)
