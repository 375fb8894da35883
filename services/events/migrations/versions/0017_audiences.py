"""Whom meetings address: volunteers, groups, mailing lists; and one invitation for each person."""

import sqlalchemy as sa
from alembic import op
from shared import merging
from shared.access.tenancy import ENTERED, NOBODY, protect, unprotect
from shared.erasure import tables
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NETWORK = f"network = ANY ({ENTERED})"
ONESELF = f"person_id::text = ANY ({ENTERED})"
OWN_CONTACT = "contact_id IN (SELECT id FROM contact_person)"
IDS = sa.ARRAY(sa.Uuid)


def upgrade() -> None:
    _learn_volunteers()
    _invite_persons()
    _keep_lists()
    _choose_groups()


def _learn_volunteers() -> None:
    op.create_table(
        "volunteer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("fields", sa.ARRAY(sa.String), nullable=False),
        sa.Column("village_ids", IDS, nullable=False),
        sa.Column("municipality_ids", IDS, nullable=False),
        sa.Column("network_ids", IDS, nullable=False),
        sa.Column("everywhere", sa.Boolean, nullable=False),
        sa.Column("around", JSONB, nullable=False),
    )
    op.create_table(
        "volunteer_person",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False, index=True),
    )
    protect(op, "volunteer_person", read=ONESELF, write=NOBODY)
    protect(op, "volunteer", read="id IN (SELECT id FROM volunteer_person)", write=NOBODY)
    tables.guard(op, "volunteer", "id")
    tables.guard(op, "volunteer_person", "id", "person_id")
    merging.follow(op, "volunteer_person")


def _invite_persons() -> None:
    op.add_column("invitation", sa.Column("person_id", sa.Uuid))
    op.add_column("invitation", sa.Column("late", sa.Boolean, nullable=False, server_default="false"))
    op.alter_column("invitation", "late", server_default=None)
    op.alter_column("invitation", "organisation_id", nullable=True)
    # Whoever was invited as two contacts has answered one of the two invitations, or none: the other one stays without.
    op.execute("""
        UPDATE invitation i SET person_id = first.person_id FROM (
            SELECT DISTINCT ON (i.meeting_id, p.person_id) i.id, p.person_id
            FROM invitation i JOIN contact_person p ON p.id = i.contact_id
            ORDER BY i.meeting_id, p.person_id, i.answered_at DESC NULLS LAST, i.issued_at, i.id
        ) first WHERE first.id = i.id
    """)
    op.create_unique_constraint("uq_invitation_meeting_id_person_id", "invitation", ["meeting_id", "person_id"])
    op.create_index("ix_invitation_person_id", "invitation", ["person_id"])
    unprotect(op, "invitation")
    protect(op, "invitation", read=f"{NETWORK} OR {ONESELF}", write=NETWORK)
    tables.unguard(op, "invitation")
    tables.guard(op, "invitation", "contact_id", "person_id")
    merging.follow(op, "invitation")


def _keep_lists() -> None:
    op.create_table(
        "mailing_list",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("organisation_ids", IDS, nullable=False),
        sa.Column("contact_ids", IDS, nullable=False),
        sa.Column("volunteer_ids", IDS, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("uq_mailing_list_name", "mailing_list", ["network", sa.text("lower(name)")], unique=True)
    protect(op, "mailing_list", read=NETWORK)


def _choose_groups() -> None:
    op.create_table(
        "audience_group",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), nullable=False),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("area", sa.String(40), nullable=False),
        sa.Column("area_ids", IDS, nullable=False),
        sa.Column("fields", sa.ARRAY(sa.String), nullable=False),
        sa.Column("organisation_ids", IDS, nullable=False),
        sa.Column("mailing_list_id", sa.Uuid, sa.ForeignKey("mailing_list.id", ondelete="CASCADE"), index=True),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(role = 'mailing_list') = (mailing_list_id IS NOT NULL)", name="list_of_a_list"),
        sa.CheckConstraint("(area IN ('villages', 'municipalities')) = (area_ids <> '{}')", name="places_of_an_area"),
    )
    op.create_index("ix_audience_group_meeting_id", "audience_group", ["meeting_id", "position"])
    # Whom every meeting addressed until now.
    op.execute("""
        INSERT INTO audience_group
            (id, meeting_id, network, position, role, area, area_ids, fields, organisation_ids, released_at)
        SELECT gen_random_uuid(), id, network, 1, 'leads', 'network', '{}', '{}', '{}', published_at
        FROM meeting WHERE taken_over_from IS NULL
    """)
    protect(op, "audience_group", read=NETWORK)


def downgrade() -> None:
    op.drop_table("audience_group")
    op.drop_table("mailing_list")
    merging.unfollow(op, "invitation")
    tables.unguard(op, "invitation")
    tables.guard(op, "invitation", "contact_id")
    unprotect(op, "invitation")
    protect(op, "invitation", read=f"{NETWORK} OR {OWN_CONTACT}", write=NETWORK)
    op.execute("DELETE FROM invitation WHERE organisation_id IS NULL")
    op.drop_column("invitation", "person_id")
    op.drop_column("invitation", "late")
    op.alter_column("invitation", "organisation_id", nullable=False)
    unprotect(op, "volunteer")
    merging.unfollow(op, "volunteer_person")
    for table in ("volunteer_person", "volunteer"):
        tables.unguard(op, table)
        op.drop_table(table)
