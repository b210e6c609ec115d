"""the circles of a class, found without reading every guess"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    some = sa.text("circles IS NOT NULL")
    op.create_index("ix_guess_circles", "guess", ["vignette_id", "series"], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    op.drop_index("ix_guess_circles", "guess")
