"""second factors"""

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "trainer_session", sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "authenticator_app",
        sa.Column("trainer_id", sa.Integer(), sa.ForeignKey("trainer.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("secret", sa.String(300), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("trainer_id", sa.Integer(), sa.ForeignKey("trainer.id", ondelete="CASCADE"), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
    )
    op.create_index(op.f("ix_recovery_code_trainer_id"), "recovery_code", ["trainer_id"])
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("trainer_id", sa.Integer(), sa.ForeignKey("trainer.id", ondelete="CASCADE"), nullable=False),
        sa.Column("id_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("credential_id", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
    )
    op.create_index(op.f("ix_passkey_trainer_id"), "passkey", ["trainer_id"])
    op.create_table(
        "second_factor_demand",
        sa.Column("role", sa.String(8), primary_key=True),
        sa.Column("binds_on", sa.Date(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("second_factor_demand")
    op.drop_index(op.f("ix_passkey_trainer_id"), table_name="passkey")
    op.drop_table("passkey")
    op.drop_index(op.f("ix_recovery_code_trainer_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_table("authenticator_app")
    op.drop_column("trainer_session", "second_factor")
