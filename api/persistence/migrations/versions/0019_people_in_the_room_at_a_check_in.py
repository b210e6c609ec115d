"""how many people were in the room when a check-in's totals were shown"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guided_session", sa.Column("people", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("guided_session", "people")
