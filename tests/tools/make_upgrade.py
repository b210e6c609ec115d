"""Makes the databases that later versions are tested to upgrade: once for each release, before its tag.

    .venv/bin/python -m tests.tools.make_upgrade

writes tests/upgrades/VERSION-sqlite.zip and VERSION-postgresql.zip with the product of this checkout, and beside each
the statements that it sent (VERSION-….statements.gz). What a release has written stays as it is: delete both files by
hand to make them again before it is out.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path

from api import __version__
from api.kit.settings import Settings
from api.operations.archive import Manifest
from api.operations.backing_up import back_up
from api.persistence.engine import make_engine
from api.persistence.migrations.running import upgrade
from tests.cast import put_cases
from tests.client import running
from tests.postgres import postgres_server
from tests.upgrades.journey import walk
from tests.upgrades.recording import keep, recorded

HERE = Path(__file__).parents[1] / "upgrades"


def make(folder: Path, kind: str, database_url: str) -> Manifest:
    """Walks through the product on an empty database, and backs it up. Fails when a table stayed empty."""
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        database_url=database_url,
        vignettes_dir=put_cases(folder / "cases"),
        rate_limit=False,
    )
    settings.resolved_secret_keys()[0]
    if (HERE / f"{__version__}-{kind}.zip").exists():
        raise SystemExit(f"There is a {__version__}-{kind}.zip already. Is pyproject.toml of the new version?")
    migrate(settings)
    with recorded() as statements:
        asyncio.run(_walk(settings))
    written, manifest = back_up(settings, folder / f"{__version__}-{kind}.zip")
    empty = [name for name, rows in manifest.rows.items() if not rows and not name.startswith("vignette_search_")]
    if empty:
        raise SystemExit(f"The journey (tests/upgrades/journey.py) leaves no row in {', '.join(empty)}.")
    shutil.copy(written, HERE)
    keep(HERE / f"{__version__}-{kind}.statements.gz", statements)
    return manifest


def migrate(settings: Settings) -> None:
    engine = make_engine(settings.resolved_database_url())
    upgrade(engine)
    engine.dispose()


async def _walk(settings: Settings) -> None:
    async with running(settings) as app:
        await walk(app)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        told = make(Path(folder), "sqlite", "")
    print(f"{__version__} on SQLite: {sum(told.rows.values())} rows at {told.revision}")
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        told = make(Path(folder), "postgresql", server.url(server.create()))
    print(f"{__version__} on PostgreSQL: {sum(told.rows.values())} rows at {told.revision}")
