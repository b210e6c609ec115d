"""session plans of one's own"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_plan",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slug", sa.String(80), nullable=False, unique=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("author_id", sa.Integer(), sa.ForeignKey("trainer.id"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Text(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
    )
    op.create_table(
        "own_plan_text",
        sa.Column("plan_id", sa.Integer(), sa.ForeignKey("own_plan.id", ondelete="CASCADE"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Integer(), sa.ForeignKey("trainer.id"), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "revision"),
    )


def downgrade() -> None:
    for name in ("own_plan_text", "own_plan"):
        op.drop_table(name)
