"""Agendas that go on, minutes, decisions, action items, and the needs that can be taken on."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, NOBODY, PUBLIC, protect
from shared.erasure import tables
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OF_THE_NETWORK = f"network = ANY ({ENTERED})"
# Contacts of an association that leads in a village of the network prepare its meetings and read their minutes.
OF_A_LEAD = f"""
    network IN (
        SELECT n.slug FROM network n JOIN lead_mandate m ON m.village_id = ANY (n.village_ids)
        WHERE m.organisation_id::text = ANY ({ENTERED})
        AND m.starts_on <= current_date AND (m.until IS NULL OR m.until >= current_date)
    )
"""  # noqa: S608 - constants
THEIR_OWN = f"organisation_id::text = ANY ({ENTERED}) OR person_id::text = ANY ({ENTERED})"
READERS = f"{OF_THE_NETWORK} OR {OF_A_LEAD}"

# Who reads and who writes the rows of a table.
POLICIES = {
    "agenda_proposal": (f"{READERS} OR {THEIR_OWN}", READERS),
    "minutes": (READERS, READERS),
    "minutes_version": (READERS, OF_THE_NETWORK),
    "note": (READERS, READERS),
    "decision": (READERS, OF_THE_NETWORK),
    "action_item": (f"{READERS} OR {THEIR_OWN}", f"{OF_THE_NETWORK} OR {THEIR_OWN}"),
    "need": (PUBLIC, NOBODY),
}


def upgrade() -> None:
    op.add_column("contact", sa.Column("function", sa.String, nullable=False, server_default=""))
    op.add_column("agenda_item", sa.Column("details", sa.String, nullable=False, server_default=""))
    op.add_column("agenda_item", sa.Column("purpose", sa.String(40), nullable=False, server_default="topic"))
    op.add_column("agenda_item", sa.Column("status", sa.String(40), nullable=False, server_default="planned"))
    op.add_column("agenda_item", sa.Column("carried_from", sa.Uuid))
    op.add_column("agenda_item", sa.Column("minutes_of", sa.Uuid))
    for column in _responsible():
        op.add_column("agenda_item", column)
    for name in ("contact_id", "person_id"):
        op.create_index(f"ix_agenda_item_{name}", "agenda_item", [name])
    for name in ("carried_from", "minutes_of"):
        waiting = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_agenda_item_{name}", "agenda_item", [name, "meeting_id"], unique=True,
                        postgresql_where=waiting)  # fmt: skip
    op.create_table(
        "agenda_proposal",
        *_of_a_meeting(),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("details", sa.String, nullable=False),
        sa.Column("minutes", sa.Integer),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("person_id", sa.Uuid, index=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    _create_minutes()
    _create_action_items()
    for table, (read, write) in POLICIES.items():
        protect(op, table, read=read, write=write)
    tables.guard(op, "agenda_proposal", "person_id")
    tables.guard(op, "action_item", "contact_id", "person_id")


def _of_a_meeting() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("network", sa.String, nullable=False),
    ]


def _responsible() -> list[sa.Column[object]]:
    return [
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("contact_id", sa.Uuid),
        sa.Column("person_id", sa.Uuid),
        sa.Column("former", sa.Boolean, nullable=False, server_default=sa.false()),
    ]


def _create_minutes() -> None:
    op.create_table(
        "minutes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), nullable=False, unique=True),
        sa.Column("network", sa.String, nullable=False, index=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("people", sa.Integer),
        sa.Column("present", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("excused", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("approved_in", sa.Uuid),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("reminded_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("people >= 0", name="people_counted"),
    )
    op.create_table(
        "minutes_version",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("minutes_id", sa.Uuid, sa.ForeignKey("minutes.id", ondelete="CASCADE"), nullable=False),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("minutes_id", "number"),
    )
    op.create_table(
        "note",
        sa.Column("agenda_item_id", sa.Uuid, sa.ForeignKey("agenda_item.id"), primary_key=True),
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "decision",
        *_of_a_meeting(),
        sa.Column("agenda_item_id", sa.Uuid, sa.ForeignKey("agenda_item.id"), nullable=False, index=True),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("votes_for", sa.Integer),
        sa.Column("votes_against", sa.Integer),
        sa.Column("votes_abstained", sa.Integer),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
    )


def _create_action_items() -> None:
    op.create_table(
        "action_item",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id"), nullable=False, index=True),
        sa.Column("agenda_item_id", sa.Uuid, sa.ForeignKey("agenda_item.id"), nullable=False, index=True),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        *_responsible(),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("need_id", sa.Uuid),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("reminded_on", sa.Date),
        sa.Column("reminders", sa.Integer, nullable=False),
    )
    for name in ("contact_id", "person_id"):
        op.create_index(f"ix_action_item_{name}", "action_item", [name])
    op.create_index("ix_action_item_network_due_on", "action_item", ["network", "due_on", "id"])
    op.create_index("ix_action_item_due", "action_item", ["due_on"], postgresql_where=sa.text("state = 'open'"))
    op.create_index("ix_action_item_need_id", "action_item", ["need_id"], unique=True,
                    postgresql_where=sa.text("state = 'open' AND need_id IS NOT NULL"))  # fmt: skip
    op.create_table(
        "need",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("village_id", sa.Uuid),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("open", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    for table in ("action_item", "agenda_proposal"):
        tables.unguard(op, table)
    for table in ("need", "action_item", "decision", "note", "minutes_version", "minutes", "agenda_proposal"):
        op.drop_table(table)
    for name in ("carried_from", "minutes_of", "contact_id", "person_id"):
        op.drop_index(f"ix_agenda_item_{name}", "agenda_item")
    names = ("details", "purpose", "status", "carried_from", "minutes_of")
    op.drop_column("contact", "function")
    for name in (*names, "organisation_id", "contact_id", "person_id", "former"):
        op.drop_column("agenda_item", name)
