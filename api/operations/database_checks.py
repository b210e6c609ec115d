"""The database: does it answer, is its schema current, does it keep what it promises, is its clock ours."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from api.kit.settings import Settings
from api.operations.clock import look_at_clock
from api.operations.findings import Finding, good, notice, trouble
from api.operations.postgres_copying import ASIDE
from api.persistence.engine import make_engine, now
from api.persistence.migrations.running import is_current, knows, revision_of

ABOUT = "Database"
CONNECTIONS = 15  # that one process of the server may open
_HERE = ("localhost", "127.0.0.1", "::1")
# What PostgreSQL must have on, so that what was acknowledged is there after a power cut.
_SAFE = {
    "fsync": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
    "full_page_writes": ("on",),
}


def look_at_database(settings: Settings) -> list[Finding]:
    if settings.embedded:
        path = Path(make_url(settings.resolved_database_url()).database or "")
        if not path.exists():
            return [notice(ABOUT, f"there is none yet at {path}.", "The server creates it at its first start.")]
        if found := _look_at_file(path):
            return [found]
    engine = make_engine(settings.resolved_database_url())
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        answered = [good(ABOUT, "it responds."), _look_at_schema(engine)]
        if settings.embedded:
            return [*answered, *_look_at_sqlite(engine)]
        return [*answered, look_at_way(engine.url), *_look_at_postgres(engine)]
    except ModuleNotFoundError as error:
        return [trouble(ABOUT, f"{error.name} is not installed.", "Install three-circles with the extra “scale”.")]
    except SQLAlchemyError as error:
        kind = type(getattr(error, "orig", error)).__name__
        act = "Check that it is running, and that THREE_CIRCLES_DATABASE_URL, the user and the password are right."
        return [trouble(ABOUT, f"it does not respond ({kind}).", act)]
    finally:
        engine.dispose()


def look_at_way(url: URL) -> Finding:
    """Whether what crosses a network to PostgreSQL is encrypted, and the server known."""
    about = "Database connection"
    hosts = [host for host in (url.host or str(url.query.get("host", ""))).split(",") if host]
    if all(host.startswith("/") or host in _HERE for host in hosts):
        return good(about, "it does not use the network.")
    mode = str(url.query.get("sslmode", "prefer"))
    if mode in ("verify-full", "verify-ca"):
        return good(about, f"it is encrypted, and the database server’s identity is checked (sslmode={mode}).")
    act = "Add ?sslmode=verify-full&sslrootcert=… to THREE_CIRCLES_DATABASE_URL."
    if mode == "require":
        return notice(
            about, "it is encrypted, but the database server’s identity is not checked (sslmode=require).", act
        )
    return trouble(about, f"others on the network may be able to read it (sslmode={mode}).", act)


def _look_at_file(path: Path) -> Finding | None:
    """Reads the whole file before anything is done with it."""
    act = "Stop the server, keep the file, and restore the newest backup: three-circles restore FILE --replace."
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        return trouble(ABOUT, f"{path} cannot be read ({error}).", "Run this as the server's user.")
    except sqlite3.DatabaseError as error:
        found = str(error)
    return None if found == "ok" else trouble(ABOUT, f"{path} is damaged ({found}).", act)


def _look_at_schema(engine: Engine) -> Finding:
    about = "Migrations"
    revision = revision_of(engine)
    if is_current(engine):
        return good(about, f"the schema is up to date, {revision}.")
    if revision is None or knows(revision):
        told = f"the schema is {revision or 'empty'}, older than this version's."
        return trouble(
            about, told, "Make a backup, then run three-circles migrate or start the server, which migrates."
        )
    act = "Install the previous version or a newer one, or restore a backup made with this version."
    return trouble(about, f"the schema {revision} belongs to a newer version of Three Circles.", act)


def _look_at_sqlite(engine: Engine) -> list[Finding]:
    about = "Safe writing"
    with engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        newest = (
            connection.exec_driver_sql("SELECT max(created_at) FROM guess").scalar() if is_current(engine) else None
        )
    safe = mode == "wal" and synchronous >= 2
    act = "Move the database to a disk that allows a write-ahead log (no network, no read-only mount)."
    told = f"every answer is on disk before it is acknowledged (journal {mode}, synchronous {synchronous})."
    findings = [good(about, told) if safe else trouble(about, f"the journal is {mode}, not wal.", act)]
    if newest is not None:
        written = datetime.fromisoformat(newest).replace(tzinfo=UTC)
        findings.append(look_at_clock("the newest answer", max(0.0, (written - now()).total_seconds())))
    return findings


def _look_at_postgres(engine: Engine) -> list[Finding]:
    findings = []
    with engine.connect() as connection:
        unsafe = [
            name
            for name, allowed in _SAFE.items()
            if connection.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one() not in allowed
        ]
        room = int(connection.execute(text("SELECT current_setting('max_connections')")).scalar_one())
        theirs = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        apart = (theirs - now()).total_seconds()
        aside = connection.execute(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": ASIDE}).first()
    about = "Safe writing"
    if unsafe:
        told = f"PostgreSQL has {', '.join(unsafe)} turned off, so a power cut may lose saved answers."
        findings.append(
            trouble(about, told, f"Set {', '.join(f'{name} = on' for name in unsafe)} and reload PostgreSQL.")
        )
    else:
        findings.append(good(about, "every answer is on disk before it is acknowledged."))
    told = f"PostgreSQL allows {room}, and each process of the server may open {CONNECTIONS}."
    findings.append(
        good("Connections", told)
        if room > 2 * CONNECTIONS
        else notice("Connections", told, "Raise max_connections, or run fewer processes.")
    )
    findings.append(look_at_clock("the database", apart))
    if aside:
        act = f"The earlier tables are in the schema {ASIDE}. Move or drop them, then restore again."
        findings.append(trouble("Restore", "a restore was interrupted.", act))
    return findings
