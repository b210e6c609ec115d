"""which answers fit, and movement between ballots"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Filled from the newest text when the product starts: a migration does not read case files.
    op.add_column("vignette", sa.Column("acceptable", sa.String(40), nullable=False, server_default=""))
    op.create_index("ix_vignette_level_title", "vignette", ["level", "title", "id"])
    op.add_column("group_total", sa.Column("revotes", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "group_movement",
        sa.Column("vignette_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(8), nullable=False),
        sa.Column("second", sa.String(8), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["vignette_id"], ["vignette.id"]),
        sa.PrimaryKeyConstraint("vignette_id", "series", "first", "second"),
    )


def downgrade() -> None:
    op.drop_table("group_movement")
    with op.batch_alter_table("group_total") as batch_op:
        batch_op.drop_column("revotes")
    op.drop_index("ix_vignette_level_title", "vignette")
    with op.batch_alter_table("vignette") as batch_op:
        batch_op.drop_column("acceptable")
