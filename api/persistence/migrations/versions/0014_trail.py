"""the trail of what trainers and admins did"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import RowId, UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", RowId, primary_key=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("deed", sa.String(20), nullable=False),
        sa.Column("about", sa.String(160), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_trainer_id", "audit", ["trainer_id"])


def downgrade() -> None:
    op.drop_table("audit")
