"""Fixtures: a session in the running application."""

from pathlib import Path

import httpx
import pytest

from api.kit.settings import Settings
from tests.client import MakeSettings
from tests.groups.sessions.plans import put_plans
from tests.groups.sessions.session import Session, new_session


@pytest.fixture
def settings(make_settings: MakeSettings, tmp_path: Path) -> Settings:
    """Settings with the two small plans of these tests."""
    return make_settings(plans_dir=put_plans(tmp_path / "plans"))


@pytest.fixture
async def session(client: httpx.AsyncClient) -> Session:
    """A session for members in which no one is yet, before its first step."""
    return await new_session(client)
