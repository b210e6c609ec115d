"""accounts and library settings"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns are added and dropped in place: batch mode would make the table anew, and on SQLite drop one that other
    # tables point to.
    op.add_column("trainer", sa.Column("role", sa.String(8), nullable=False, server_default="trainer"))
    op.add_column("trainer", sa.Column("disabled_at", UTCDateTime(), nullable=True))
    # Until now everyone could see everything, so no one loses what they could do.
    op.execute("UPDATE trainer SET role = CASE WHEN is_admin THEN 'admin' ELSE 'editor' END")
    op.drop_column("trainer", "is_admin")

    op.create_table(
        "trainer_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("device", sa.String(60), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_on", sa.Date(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_trainer_session_trainer_id"), "trainer_session", ["trainer_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("role", sa.String(8), nullable=True),
        sa.Column("trainer_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(60), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["trainer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "library_setting",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("library_setting")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_trainer_session_trainer_id"), table_name="trainer_session")
    op.drop_table("trainer_session")
    op.add_column("trainer", sa.Column("is_admin", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE trainer SET is_admin = (role = 'admin')")
    op.drop_column("trainer", "disabled_at")
    op.drop_column("trainer", "role")
