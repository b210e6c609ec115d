"""courses that are measured with sealed stories"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("learner_class.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("consent", sa.String(1000), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("sets", sa.JSON(), nullable=False),
        sa.Column("expected", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("stopped_at", UTCDateTime(), nullable=True),
    )
    op.create_table(
        "course_member",
        sa.Column("learner", sa.String(32), nullable=False),
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("course.class_id", ondelete="CASCADE"), nullable=False),
        sa.Column("research", sa.Boolean(), nullable=False),
        sa.Column("agreed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("learner", "class_id"),
    )
    op.create_index("ix_course_member_class_id", "course_member", ["class_id"])
    op.create_table(
        "course_answer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("course.class_id", ondelete="CASCADE"), nullable=False),
        sa.Column("learner", sa.String(32), nullable=False),
        sa.Column("occasion", sa.Integer(), nullable=False),
        sa.Column("vignette_id", sa.Integer(), sa.ForeignKey("vignette.id"), nullable=False),
        sa.Column("system", sa.String(8), nullable=False),
        sa.Column("confidence", sa.String(8), nullable=True),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("class_id", "learner", "vignette_id"),
    )
    op.create_index("ix_course_answer_learner", "course_answer", ["learner"])


def downgrade() -> None:
    for name in ("course_answer", "course_member", "course"):
        op.drop_table(name)
