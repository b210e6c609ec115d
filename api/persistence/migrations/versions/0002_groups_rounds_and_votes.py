"""groups, rounds and votes"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("uid", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("show_first_ballot", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "group_total",
        sa.Column("vignette_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("threat", sa.Integer(), nullable=False),
        sa.Column("drive", sa.Integer(), nullable=False),
        sa.Column("soothing", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vignette_id"],
            ["vignette.id"],
        ),
        sa.PrimaryKeyConstraint("vignette_id", "series"),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("vignette_id", sa.Integer(), nullable=False),
        sa.Column("vignette_version", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.Column("frozen", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["room.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["vignette_id"],
            ["vignette.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("group_id", "number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ballot_tally",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ballot", sa.Integer(), nullable=False),
        sa.Column("threat", sa.Integer(), nullable=False),
        sa.Column("drive", sa.Integer(), nullable=False),
        sa.Column("soothing", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", "ballot"),
    )
    op.create_table(
        "vote",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("ballot", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(32), nullable=False),
        sa.Column("system", sa.String(8), nullable=False),
        sa.Column("confidence", sa.String(8), nullable=True),
        sa.Column("cues", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.String(280), nullable=True),
        sa.Column("circles", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason_shown", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "ballot", "member"),
    )
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.create_index("ix_vote_round_version", ["round_id", "version"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.drop_index("ix_vote_round_version")

    op.drop_table("vote")
    op.drop_table("ballot_tally")
    op.drop_table("round")
    op.drop_table("group_total")
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_expires_at"))

    op.drop_table("room")
