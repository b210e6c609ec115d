"""links of facilitators that can be withdrawn, and when a sign-in last gave its password"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("room", sa.Column("leading", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("trainer_session", sa.Column("confirmed_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("trainer_session") as batch_op:
        batch_op.drop_column("confirmed_at")
    with op.batch_alter_table("room") as batch_op:
        batch_op.drop_column("leading")
