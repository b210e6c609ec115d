"""What admins decide about the library."""

import re

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.editorial.library_settings import LibrarySettings, read_library_settings, write_library_settings
from api.kit.errors import Unprocessable


async def test_without_a_decision_two_rate_a_story_and_no_one_publishes_alone(engine: Engine) -> None:
    assert read_library_settings(engine) == LibrarySettings(raters_needed=2, lone_trainer=False)


@pytest.mark.parametrize("raters", range(6))
@pytest.mark.parametrize("lone", [True, False])
async def test_what_is_kept_is_read_back_by_engine_and_session(engine: Engine, raters: int, lone: bool) -> None:
    write_library_settings(engine, LibrarySettings(4, not lone))
    write_library_settings(engine, LibrarySettings(raters, lone))

    with Session(engine) as db:
        assert read_library_settings(db) == read_library_settings(engine) == LibrarySettings(raters, lone)


@pytest.mark.parametrize("raters", [-1, 6])
async def test_a_number_out_of_range_is_refused(engine: Engine, raters: int) -> None:
    with pytest.raises(Unprocessable):
        write_library_settings(engine, LibrarySettings(raters))

    assert read_library_settings(engine) == LibrarySettings()


async def test_an_admin_changes_the_settings_on_their_page(
    client: httpx.AsyncClient, engine: Engine, trainer_headers: dict[str, str]
) -> None:
    form = {"raters_needed": "3", "lone_trainer": "1"}
    done = await client.post("/trainers/settings", data=form, headers=trainer_headers)
    page = await client.get(done.headers["location"], headers=trainer_headers)

    assert read_library_settings(engine) == LibrarySettings(3, True)
    assert re.search(r'value="3"\s+checked', page.text)
    assert re.search(r'value="1"\s+checked', page.text)
    assert "Settings saved." in page.text

    await client.post("/trainers/settings", data={"raters_needed": "3"}, headers=trainer_headers)
    assert read_library_settings(engine) == LibrarySettings(3, False)
    for bad in ({"raters_needed": "6"}, {"raters_needed": "many"}, {}):
        refused = await client.post("/trainers/settings", data=bad, headers=trainer_headers)
        assert refused.status_code == 422
    assert read_library_settings(engine) == LibrarySettings(3, False)
