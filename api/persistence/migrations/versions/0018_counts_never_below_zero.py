"""counts of first answers never go below zero"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAME = "tally_not_negative"
ANSWERS = ("threat", "drive", "soothing", "unsure")


def upgrade() -> None:
    # A count that equal deletions at once had lowered twice is counted again from the answers that are there.
    counted = ", ".join(
        f"{answer} = (SELECT count(*) FROM guess WHERE guess.vignette_id = tally.vignette_id"  # noqa: S608
        f" AND guess.series = tally.series AND guess.attempt = 1 AND guess.system = '{answer}')"
        for answer in ANSWERS
    )
    op.execute(f"UPDATE tally SET {counted} WHERE {' OR '.join(f'{answer} < 0' for answer in ANSWERS)}")  # noqa: S608
    with op.batch_alter_table("tally") as batch:
        batch.create_check_constraint(NAME, " AND ".join(f"{answer} >= 0" for answer in ANSWERS))


def downgrade() -> None:
    with op.batch_alter_table("tally") as batch:
        batch.drop_constraint(NAME, type_="check")
