"""practice: what is known of a learner, difficulty, sittings, and codes for another device"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import RowId, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practice_state",
        sa.Column("learner", sa.String(32), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("folded", sa.Integer(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("learner"),
    )
    op.create_table(
        "difficulty",
        sa.Column("vignette_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("delta", sa.Float(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["vignette_id"], ["vignette.id"]),
        sa.PrimaryKeyConstraint("vignette_id", "series"),
    )
    op.create_table(
        "sitting",
        sa.Column("id", RowId, nullable=False),
        sa.Column("learner", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("skill", sa.String(40), nullable=True),
        sa.Column("planned", sa.Integer(), nullable=True),
        sa.Column("after_guess", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sitting_learner", "sitting", ["learner"])
    op.create_table(
        "device_code",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("learner", sa.String(32), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_device_code_learner", "device_code", ["learner"])


def downgrade() -> None:
    op.drop_table("device_code")
    op.drop_table("sitting")
    op.drop_table("difficulty")
    op.drop_table("practice_state")
