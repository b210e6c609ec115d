"""what stands in front of the shared screen, which of its two views it shows, and that the end was announced"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("room", sa.Column("curtain", sa.String(8), nullable=True))
    op.add_column("room", sa.Column("shows_why", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("room", sa.Column("closing_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("room", "closing_at")
    op.drop_column("room", "shows_why")
    op.drop_column("room", "curtain")
