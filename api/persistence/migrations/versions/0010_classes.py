"""classes, their members and totals"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learner_class",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(8), nullable=False, unique=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("trainer_id", sa.Integer(), sa.ForeignKey("trainer.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("closes_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_learner_class_trainer_id", "learner_class", ["trainer_id"])
    op.create_table(
        "class_member",
        sa.Column("learner", sa.String(32), primary_key=True),
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("learner_class.id", ondelete="CASCADE"), nullable=False),
        sa.Column("joined_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_class_member_class_id", "class_member", ["class_id"])
    op.create_table(
        "class_answer",
        sa.Column(
            "guess_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("guess.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("learner_class.id", ondelete="CASCADE"), nullable=False),
        sa.PrimaryKeyConstraint("guess_id", "class_id"),
    )
    op.create_index("ix_class_answer_class_id", "class_answer", ["class_id"])
    op.create_table(
        "class_tally",
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("learner_class.id", ondelete="CASCADE"), nullable=False),
        sa.Column("vignette_id", sa.Integer(), sa.ForeignKey("vignette.id"), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        *(sa.Column(answer, sa.Integer(), nullable=False) for answer in ("threat", "drive", "soothing", "unsure")),
        sa.PrimaryKeyConstraint("class_id", "vignette_id", "series"),
    )


def downgrade() -> None:
    for name in ("class_tally", "class_answer", "class_member", "learner_class"):
        op.drop_table(name)
