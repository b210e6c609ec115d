"""how many people are in the room, and the advice that was given after a first vote"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("room", sa.Column("people", sa.Integer(), nullable=True))
    op.add_column("round", sa.Column("advice", sa.String(8), nullable=True))


def downgrade() -> None:
    op.drop_column("round", "advice")
    op.drop_column("room", "people")
