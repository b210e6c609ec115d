"""versions, drafts and ratings"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from api.persistence.engine import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _of_vignette() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("adapted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("adapted_from", sa.String(80), nullable=True),
        sa.Column("shipped", sa.Text(), nullable=True),
        sa.Column("title", sa.String(80), nullable=False, server_default=""),
        sa.Column("person", sa.String(40), nullable=False, server_default=""),
        sa.Column("level", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("dominant", sa.String(8), nullable=False, server_default=""),
        sa.Column("content_note", sa.String(120), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False, server_default="2026-01-01 00:00:00"),
    )


def _of_version() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("parsed", sa.Text(), nullable=True),
        sa.Column("change", sa.String(8), nullable=False, server_default="first"),
        sa.Column("note", sa.String(200), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
    )


def upgrade() -> None:
    with op.batch_alter_table("vignette") as batch_op:
        for column in _of_vignette():
            batch_op.add_column(column)
        batch_op.create_foreign_key("fk_vignette_owner", "trainer", ["owner_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_vignette_status"), ["status"])
    with op.batch_alter_table("vignette_version") as batch_op:
        for column in _of_version():
            batch_op.add_column(column)
        batch_op.create_foreign_key("fk_vignette_version_author", "trainer", ["author_id"], ["id"])
    op.create_table(
        "vignette_skill",
        sa.Column("vignette_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["vignette_id"], ["vignette.id"]),
        sa.PrimaryKeyConstraint("vignette_id", "skill"),
    )
    op.create_index("ix_vignette_skill_skill", "vignette_skill", ["skill"])
    op.create_table(
        "library_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO library_change (id, number) VALUES (1, 1)")
    op.create_table(
        "draft",
        sa.Column("vignette_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["vignette_id"], ["vignette.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["saved_by"], ["trainer.id"]),
        sa.PrimaryKeyConstraint("vignette_id"),
    )
    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vignette_id", sa.Integer(), nullable=False),
        sa.Column("story", sa.String(16), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(8), nullable=False),
        sa.Column("confidence", sa.String(8), nullable=True),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("circles", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("comment", sa.String(1000), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["vignette_id"], ["vignette.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("vignette_id", "story", "trainer_id"),
    )
    op.create_index("ix_rating_vignette_id", "rating", ["vignette_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE vignette_search (rowid INTEGER PRIMARY KEY, words TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX ix_vignette_search_words ON vignette_search USING GIN (words)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE vignette_search USING fts5("
            "words, prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
        )


def downgrade() -> None:
    op.execute("DROP TABLE vignette_search")
    op.drop_table("rating")
    op.drop_table("draft")
    op.drop_table("library_change")
    op.drop_table("vignette_skill")
    with op.batch_alter_table("vignette_version") as batch_op:
        batch_op.drop_constraint("fk_vignette_version_author", type_="foreignkey")
        for column in reversed(_of_version()):
            batch_op.drop_column(column.name)
    with op.batch_alter_table("vignette") as batch_op:
        batch_op.drop_index(batch_op.f("ix_vignette_status"))
        batch_op.drop_constraint("fk_vignette_owner", type_="foreignkey")
        for column in reversed(_of_vignette()):
            batch_op.drop_column(column.name)
