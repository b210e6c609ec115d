"""panels of raters by link, their ratings, and decisions about keys"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rating_panel",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(10), nullable=False, unique=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("trainer_id", sa.Integer(), sa.ForeignKey("trainer.id"), nullable=False),
        sa.Column("stories", sa.JSON(), nullable=False),
        sa.Column("each", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("closes_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_rating_panel_trainer_id", "rating_panel", ["trainer_id"])
    op.create_table(
        "panel_rater",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("panel_id", sa.Integer(), sa.ForeignKey("rating_panel.id", ondelete="CASCADE"), nullable=False),
        sa.Column("label", sa.String(40), nullable=True),
        sa.Column("profession", sa.String(16), nullable=False),
        sa.Column("years", sa.String(8), nullable=False),
        sa.Column("named", sa.String(10), nullable=False),
        sa.Column("name", sa.String(60), nullable=True),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("joined_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("panel_id", "label"),
    )
    op.create_index("ix_panel_rater_panel_id", "panel_rater", ["panel_id"])
    op.create_table(
        "panel_rating",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("rater_id", sa.String(32), sa.ForeignKey("panel_rater.id", ondelete="CASCADE"), nullable=False),
        sa.Column("vignette_id", sa.Integer(), sa.ForeignKey("vignette.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("story", sa.String(16), nullable=False),
        sa.Column("system", sa.String(8), nullable=False),
        sa.Column("confidence", sa.String(8), nullable=True),
        sa.Column("also", sa.String(40), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(280), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("rater_id", "vignette_id"),
    )
    op.create_index("ix_panel_rating_story", "panel_rating", ["story"])
    op.create_index("ix_panel_rating_vignette_id", "panel_rating", ["vignette_id"])
    op.create_table(
        "key_decision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("vignette_id", sa.Integer(), sa.ForeignKey("vignette.id", ondelete="CASCADE"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("raters", sa.Integer(), nullable=False),
        sa.Column("fitting", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), sa.ForeignKey("trainer.id"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_key_decision_vignette_id", "key_decision", ["vignette_id"])


def downgrade() -> None:
    for name in ("key_decision", "panel_rating", "panel_rater", "rating_panel"):
        op.drop_table(name)
