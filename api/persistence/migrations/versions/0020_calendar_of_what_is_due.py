"""the secret address of a learner's calendar"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_address",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("learner", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_calendar_address_learner", "calendar_address", ["learner"], unique=True)


def downgrade() -> None:
    op.drop_table("calendar_address")
