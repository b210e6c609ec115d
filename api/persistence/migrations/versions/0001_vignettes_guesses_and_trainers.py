"""vignettes, guesses and trainers"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trainer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "vignette",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("origin", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "guess",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("learner", sa.String(32), nullable=False),
        sa.Column("vignette_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(8), nullable=False),
        sa.Column("confidence", sa.String(8), nullable=True),
        sa.Column("cues", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.String(280), nullable=True),
        sa.Column("circles", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vignette_id"],
            ["vignette.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("learner", "vignette_id", "series", "attempt"),
    )
    op.create_table(
        "tally",
        sa.Column("vignette_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("threat", sa.Integer(), nullable=False),
        sa.Column("drive", sa.Integer(), nullable=False),
        sa.Column("soothing", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vignette_id"],
            ["vignette.id"],
        ),
        sa.PrimaryKeyConstraint("vignette_id", "series"),
    )
    op.create_table(
        "vignette_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vignette_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vignette_id"],
            ["vignette.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("vignette_id", "number"),
    )


def downgrade() -> None:
    op.drop_table("vignette_version")
    op.drop_table("tally")
    op.drop_table("guess")
    op.drop_table("vignette")
    op.drop_table("trainer")
