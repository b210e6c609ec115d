"""offers of the product that trainers turned down"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vignette", sa.Column("turned_down", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("vignette") as batch_op:
        batch_op.drop_column("turned_down")
