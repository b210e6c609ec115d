"""texts that imports brought in or took the place of"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_text",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("vignette_id", sa.Integer(), sa.ForeignKey("vignette.id", ondelete="CASCADE"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(6), nullable=False),
        sa.Column("saved_by", sa.Integer(), sa.ForeignKey("trainer.id"), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_kept_text_vignette_id", "kept_text", ["vignette_id"])


def downgrade() -> None:
    op.drop_table("kept_text")
