"""who has left a group, and votes without an index of versions"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "departure",
        sa.Column("group_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["room.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "member"),
    )
    op.drop_index("ix_vote_round_version", table_name="vote")


def downgrade() -> None:
    op.create_index("ix_vote_round_version", "vote", ["round_id", "version"], unique=False)
    op.drop_table("departure")
