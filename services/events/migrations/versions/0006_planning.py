"""Meetings from the idea to the day: who may know of them, who organises them, capacity, online address, cancellation.

A meeting that is not public is seen by its network's planners, by those who are invited or registered, and if it is for
the network by the contacts of organisations in the network's villages.
"""

import sqlalchemy as sa
from alembic import op
from shared import distances
from shared.access.tenancy import ENTERED, NOBODY, PUBLIC, protect, unprotect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NETWORK = f"network = ANY ({ENTERED})"
# `contact_person` shows everybody only their own appointments.
OWN_INVITATION = "contact_id IN (SELECT id FROM contact_person)"
OF_THE_NETWORK = f"""network IN (
    SELECT n.slug FROM network n JOIN organisation o ON o.village_id = ANY (n.village_ids)
    WHERE o.id::text = ANY ({ENTERED}) OR o.id IN (
        SELECT c.organisation_id FROM contact c JOIN contact_person p ON p.id = c.id WHERE NOT c.dismissed
    )
)"""  # noqa: S608 - constants
MAY_KNOW = f"""{NETWORK} OR status <> 'draft' AND (
    visibility = 'public'
    OR id IN (SELECT meeting_id FROM invitation) OR id IN (SELECT meeting_id FROM registration)
    OR visibility = 'network' AND {OF_THE_NETWORK}
)"""  # noqa: S608 - constants


def upgrade() -> None:
    _learn_places()
    with op.batch_alter_table("meeting") as meeting:
        meeting.add_column(sa.Column("online_link", sa.String))
        meeting.add_column(sa.Column("organisation_ids", sa.ARRAY(sa.Uuid), nullable=False, server_default="{}"))
        meeting.add_column(sa.Column("capacity", sa.Integer))
        meeting.add_column(sa.Column("registration_from", sa.DateTime(timezone=True)))
        meeting.add_column(sa.Column("registration_until", sa.DateTime(timezone=True)))
        meeting.add_column(sa.Column("visibility", sa.String(40), nullable=False, server_default="public"))
        meeting.add_column(sa.Column("cancel_reason", sa.String, nullable=False, server_default=""))
        meeting.create_check_constraint("capacity_positive", "capacity > 0")
        meeting.create_check_constraint("registration_ends_after_start", "registration_until > registration_from")
    for column in ("organisation_ids", "visibility", "cancel_reason"):
        op.alter_column("meeting", column, server_default=None)
    for table in ("invitation", "meeting"):
        unprotect(op, table)
    protect(op, "invitation", read=f"{NETWORK} OR {OWN_INVITATION}", write=NETWORK)
    protect(op, "meeting", read=MAY_KNOW, write=NETWORK)


def _learn_places() -> None:
    distances.create_function(op)
    op.add_column("village", sa.Column("municipality_id", sa.Uuid))
    op.add_column("village", sa.Column("latitude", sa.Float))
    op.add_column("village", sa.Column("longitude", sa.Float))
    op.create_index("ix_village_municipality_id", "village", ["municipality_id"])
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("village_id", sa.Uuid, index=True),
        sa.Column("hidden", sa.Boolean, nullable=False),
    )
    protect(op, "organisation", read=PUBLIC, write=NOBODY)


def downgrade() -> None:
    for table in ("invitation", "meeting"):
        unprotect(op, table)
    protect(op, "invitation", read=NETWORK)
    protect(op, "meeting", read=f"status = 'published' OR {NETWORK}", write=NETWORK)
    for column in (
        "cancel_reason",
        "visibility",
        "registration_until",
        "registration_from",
        "capacity",
        "organisation_ids",
        "online_link",
    ):
        op.drop_column("meeting", column)
    op.drop_table("organisation")
    for column in ("longitude", "latitude", "municipality_id"):
        op.drop_column("village", column)
    distances.drop_function(op)
