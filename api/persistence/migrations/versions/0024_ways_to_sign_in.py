"""ways to sign in"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("trainer_session", sa.Column("provider", sa.String(20), nullable=True))
    op.add_column("trainer_session", sa.Column("provider_session", sa.String(64), nullable=True))
    op.create_table(
        "linked_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("linked_at", UTCDateTime(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_index(op.f("ix_linked_identity_trainer_id"), "linked_identity", ["trainer_id"])
    op.create_table(
        "spent_token",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )


def downgrade() -> None:
    op.drop_table("spent_token")
    op.drop_index(op.f("ix_linked_identity_trainer_id"), table_name="linked_identity")
    op.drop_table("linked_identity")
    op.drop_column("trainer_session", "provider_session")
    op.drop_column("trainer_session", "provider")
