"""refusals of a minute as one line of the trail, and the plan of many groups kept once"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("count", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "guided_plan",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.add_column("guided_session", sa.Column("digest", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("guided_session", "digest")
    op.drop_table("guided_plan")
    op.drop_column("audit", "count")
