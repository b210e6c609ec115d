"""Takes the lock that keeps everyone else from writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """No one else can write a guess meanwhile; reading goes on."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # The driver would begin later and more gently by itself.
            connection.connection.dbapi_connection.isolation_level = None  # type: ignore[union-attr]
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("LOCK TABLE guess, tally IN SHARE MODE")
        yield
        connection.rollback()
