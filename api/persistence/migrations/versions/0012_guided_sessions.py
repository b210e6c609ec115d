"""guided sessions: their steps, boards and check-ins"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _of_group(*, primary_key: bool = True) -> sa.Column[int]:
    return sa.Column(
        "group_id",
        sa.Integer(),
        sa.ForeignKey("room.id", ondelete="CASCADE"),
        primary_key=primary_key,
        autoincrement=False,
        nullable=False,
    )


def upgrade() -> None:
    op.add_column("room", sa.Column("place", sa.JSON(), nullable=True))
    op.add_column("round", sa.Column("ask", sa.JSON(), nullable=True))
    op.add_column("round", sa.Column("second_vote", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "guided_session",
        _of_group(),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("added", sa.JSON(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
    )
    op.create_table(
        "guided_visit",
        _of_group(),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("skipped", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "board_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        _of_group(primary_key=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
    )
    op.create_index("ix_board_line_group_id", "board_line", ["group_id"])
    op.create_table(
        "check_in_answer",
        _of_group(),
        sa.Column("step", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("question", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("member", sa.String(32), primary_key=True),
        sa.Column("answer", sa.String(8), nullable=False),
    )
    op.create_table(
        "check_in_tally",
        _of_group(),
        sa.Column("step", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("question", sa.Integer(), primary_key=True, autoincrement=False),
        *(sa.Column(answer, sa.Integer(), nullable=False) for answer in ("tried", "not_yet", "passed")),
    )


def downgrade() -> None:
    for name in ("check_in_tally", "check_in_answer", "board_line", "guided_visit", "guided_session"):
        op.drop_table(name)
    # In place: to make the tables anew would delete, on SQLite, the rows that refer to them.
    op.drop_column("round", "second_vote")
    op.drop_column("round", "ask")
    op.drop_column("room", "place")
