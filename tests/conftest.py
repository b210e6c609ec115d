"""Where the fixtures stand, how much is tried, and what is made cheap."""

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine, create_engine

from api.accounts import passwords
from api.persistence import engine as engines

PRODUCT_PASSWORDS = passwords._passwords

pytest_plugins = ("tests.databases", "tests.client", "tests.live", "tests.disks", "tests.faults")

settings.register_profile(
    "quick",
    deadline=None,
    max_examples=25,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=200)
# For planted faults: that one is caught is enough, the smallest example is not asked for.
settings.register_profile("planted", settings.get_profile("quick"), phases=[Phase.explicit, Phase.generate])
settings.load_profile("quick")

MEMORY = Path("/dev/shm")  # a file system in memory
ROOM = 2 * 2**30  # bytes that a run may need; a container often has 64 MB


def memory_is_fit() -> bool:
    """Whether files of tests can lie in memory: programs among them have to run there."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)):
        return False
    return not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC and shutil.disk_usage(MEMORY).free > ROOM


# Where Python may not write what it has compiled, each program that tests start costs seconds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

if memory_is_fit():  # SQLite waits for the disk at every commit, as it should
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 with the least work in this process: a hash that costs 0.2 s is tested once, not a thousand times."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_passwords", PasswordHash([cheap]))
        yield


@pytest.fixture(scope="session", autouse=True)
def shared_statements() -> Iterator[None]:
    """Each test has an engine of its own; a statement that one has put into SQL is there for the others of its kind."""
    first: dict[str, Engine] = {}

    def create(url: str, **options: Any) -> Engine:
        engine = create_engine(url, query_cache_size=5000, **options)
        known = first.setdefault(engine.name, engine)
        if getattr(known.dialect, "server_version_info", None):  # it has been connected, so it knows its database
            engine.dialect, engine._compiled_cache = known.dialect, known._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "create_engine", create)
        yield


def pytest_collection_finish() -> None:
    """What stands now stays to the end: no one need look through it for garbage after each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def real_passwords(cheap_passwords: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as the product uses it."""
    monkeypatch.setattr(passwords, "_passwords", PRODUCT_PASSWORDS)
