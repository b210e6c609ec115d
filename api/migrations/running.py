"""Brings a database to the newest schema, on SQLite and PostgreSQL."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from api import assets


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(assets.MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrates up; a database that is current is left alone."""
    if revision != "head" or not is_current(engine):
        command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Migrates down to a revision, or `base`."""
    command.downgrade(_config(engine), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database's revision is the newest one in the code."""
    newest = ScriptDirectory.from_config(_config(engine)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def make_revision(engine: Engine, message: str) -> None:
    """Writes a new migration from the difference between models and database."""
    command.revision(_config(engine), message, autogenerate=True)
