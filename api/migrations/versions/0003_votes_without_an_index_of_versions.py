"""votes without an index of versions"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_vote_round_version", table_name="vote")


def downgrade() -> None:
    op.create_index("ix_vote_round_version", "vote", ["round_id", "version"], unique=False)
