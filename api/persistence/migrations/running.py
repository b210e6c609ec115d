"""Brings a database to the newest schema, on SQLite and PostgreSQL."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from api.kit import assets


class NoRights(Exception):
    """The database's user may not migrate; the sentence says who does."""


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(assets.MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrates up. A database that is current is left alone, and so is that of a newer version: this one may run
    beside it, or in its place again."""
    if revision != "head" or is_behind(engine):
        try:
            command.upgrade(_config(engine), revision)
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", "") != "42501":  # insufficient_privilege
                raise
            raise NoRights(
                "The database is older than this version, and its user may not change the schema. Run three-circles"
                " migrate with THREE_CIRCLES_DATABASE_URL naming the schema’s owner, then start the server again."
            ) from None


def downgrade(engine: Engine, revision: str) -> None:
    """Migrates down to a revision, or `base`."""
    command.downgrade(_config(engine), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database's revision is the newest one in the code."""
    return revision_of(engine) == _newest()


def is_behind(engine: Engine) -> bool:
    """Whether the database waits for migrations of this code."""
    revision = revision_of(engine)
    return not is_current(engine) and (revision is None or knows(revision))


def revision_of(engine: Engine) -> str | None:
    """The database's revision, or None where there is no table yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def _newest() -> str | None:
    return _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(assets.MIGRATIONS))
    return ScriptDirectory.from_config(config)


def knows(revision: str) -> bool:
    """Whether a revision is one of this code's, so that a database of it can be brought to the newest."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def make_revision(engine: Engine, message: str) -> None:
    """Writes a new migration from the difference between models and database."""
    command.revision(_config(engine), message, autogenerate=True)
