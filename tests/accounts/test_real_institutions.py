"""Institutions that no one here wrote, on this machine's own network."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import oidc_provider_mock
import pytest

from api.accounts.trainer import add_trainer
from api.operations.institution_checks import look_at_institutions
from api.persistence.engine import make_engine
from tests.accounts.people import Guests, is_signed_in
from tests.accounts.test_confirming import later
from tests.cast import PASSWORD
from tests.client import MakeSettings, running
from tests.trust.markdown import ROOT

NODE_PROVIDER = "oidc-provider@9.13.3"


@pytest.fixture
def mock_provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread(require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # it signs with what its own library has renamed
async def test_the_mock_provider_of_others_signs_someone_in_and_no_code_counts_twice(
    make_settings: MakeSettings, tmp_path: Path, mock_provider: str
) -> None:
    path = tmp_path / "institutions.yaml"
    (tmp_path / "secret").write_text("any secret")
    path.write_text(
        f"""providers:
  - {{key: mock, name: Mock, issuer: "{mock_provider}", client_id: circles, client_secret_file: {tmp_path / "secret"},
     domains: [leeds.example], role_claim: groups, roles: {{cft: editor}}}}
"""
    )
    settings = make_settings(public_url="http://circles.test", providers_file=str(path))
    async with running(settings) as app, AsyncExitStack() as stack, httpx.AsyncClient() as web:
        guests = Guests(app, stack)
        guests.add("Root", "admin")
        guests.add("Ada", "trainer")
        person = {"email": "ada@leeds.example", "email_verified": True, "name": "Ada Byron", "groups": ["cft"]}
        await web.put(f"{mock_provider}/users/ada-1", json=person)
        browser = await guests.browser()

        async def there() -> dict[str, str]:
            away = await browser.get("/trainers/sign-in/mock")
            assert away.status_code == 303, away.text
            back = await web.post(away.headers["location"], data={"sub": "ada-1"})
            assert back.headers["location"].startswith("http://circles.test/trainers/sign-in/mock/back?")
            return dict(parse_qsl(urlsplit(back.headers["location"]).query))

        sent = await there()
        arrived = await browser.get("/trainers/sign-in/mock/back", params=sent)
        assert arrived.headers["location"] == "/trainers/link", arrived.text
        await browser.post("/trainers/link", data={"name": "Ada", "password": PASSWORD})
        assert guests.rows("SELECT role FROM trainer WHERE name = 'Ada'") == [("editor",)]

        again = await there()
        arrived = await browser.get("/trainers/sign-in/mock/back", params=again)
        assert arrived.headers["location"] == "/trainers"
        thief = await guests.browser()
        assert (await thief.get("/trainers/sign-in/mock/back", params=again)).status_code == 400
        used = (await there()) | {"code": again["code"]}
        assert (await browser.get("/trainers/sign-in/mock/back", params=used)).status_code == 400

        out = await browser.post("/trainers/sign-out")
        page = await browser.get(out.headers["location"])
        assert f"{mock_provider}/oauth2/end_session" in page.text
        assert not await is_signed_in(browser)


def test_the_doctor_looks_at_institutions_their_clocks_and_the_way_in_without_them(
    make_settings: MakeSettings, tmp_path: Path, mock_provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "institutions.yaml"

    def levels(issuer: str) -> dict[str, str]:
        path.write_text(f"providers:\n  - {{key: mock, name: Mock, issuer: {issuer!r}, client_id: circles}}\n")
        settings = make_settings(
            public_url="http://circles.test", providers_file=str(path), password_admin="Root", secret_key="x"
        )
        return {finding.about: finding.level for finding in look_at_institutions(settings)}

    found = levels(mock_provider)
    assert found == {
        "Institution mock": "good",
        "Clock and the institution mock": "good",
        "Way in without an institution": "trouble",
    }
    add_trainer(make_engine(make_settings().resolved_database_url()), "Root", PASSWORD, role="admin")
    late = datetime.now(UTC) - timedelta(minutes=5)
    monkeypatch.setattr("api.accounts.oidc.parsedate_to_datetime", lambda _: late)
    assert levels(mock_provider) == found | {
        "Clock and the institution mock": "trouble",
        "Way in without an institution": "good",
    }
    assert levels(mock_provider + "/")["Institution mock"] == "trouble"  # it names itself without the slash
    assert levels("http://login.example")["Institutions"] == "trouble"


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Where oidc-provider lies; npm is asked for it once."""
    folder = ROOT / ".build" / "oidc-provider"
    if not (folder / "node_modules" / "oidc-provider").exists():
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            pytest.skip("no Node.js here: install it (on Debian: apt install nodejs npm)")
        folder.mkdir(parents=True, exist_ok=True)
        wanted = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), NODE_PROVIDER]
        done = subprocess.run([npm, *wanted], capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            pytest.skip(f"npm could not get {NODE_PROVIDER}: {done.stderr[-200:]}")
    return folder


@pytest.fixture
def node_provider(node_modules: Path) -> Iterator[str]:
    script = Path(__file__).with_name("provider.mjs")
    started = ["node", str(script), str(node_modules), "http://circles.test/trainers/sign-in/node/back"]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


@pytest.mark.faults
async def test_oidc_provider_of_node_signs_someone_in_asks_again_and_takes_no_code_twice(
    make_settings: MakeSettings, tmp_path: Path, node_provider: str
) -> None:
    path = tmp_path / "institutions.yaml"
    (tmp_path / "secret").write_text("s/ecret with: signs")
    path.write_text(
        f"""providers:
  - {{key: node, name: Node, issuer: "{node_provider}", client_id: circles, client_secret_file: {tmp_path / "secret"},
     domains: [leeds.example]}}
"""
    )
    settings = make_settings(public_url="http://circles.test", providers_file=str(path))
    async with running(settings) as app, AsyncExitStack() as stack, httpx.AsyncClient() as web:
        guests = Guests(app, stack)
        guests.add("Ada", "admin")
        browser = await guests.browser()

        async def there(query: str = "") -> dict[str, str]:
            """Through its pages, wherever they lead, until it sends people back."""
            away = await browser.get(f"/trainers/sign-in/node{query}")
            answer = await web.get(away.headers["location"])
            for _ in range(12):
                if answer.is_redirect:
                    where = urljoin(str(answer.url), answer.headers["location"])
                    if where.startswith("http://circles.test/"):
                        return dict(parse_qsl(urlsplit(where).query))
                    answer = await web.get(where)
                    continue
                form = re.search(r'action="([^"]+)"', answer.text)
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
                assert form, answer.text
                assert prompt
                data = {"prompt": prompt[1], "login": "ada-1", "password": "any"}
                answer = await web.post(urljoin(str(answer.url), form[1]), data=data)
            raise AssertionError(answer.text)

        sent = await there()
        assert sent["iss"] == node_provider
        refused = await browser.get("/trainers/sign-in/node/back", params=sent | {"iss": "http://localhost:1"})
        assert refused.status_code == 400
        sent = await there()
        sent.pop("iss")  # which this provider says it always tells
        assert (await browser.get("/trainers/sign-in/node/back", params=sent)).status_code == 400
        sent = await there()
        arrived = await browser.get("/trainers/sign-in/node/back", params=sent)
        assert arrived.headers["location"] == "/trainers/link", arrived.text
        await browser.post("/trainers/link", data={"name": "Ada", "password": PASSWORD})
        again = await there()
        used = (await there()) | {"code": sent["code"]}
        assert (await browser.get("/trainers/sign-in/node/back", params=used)).status_code == 400
        again = await there()
        assert (await browser.get("/trainers/sign-in/node/back", params=again)).headers["location"] == "/trainers"
        later(guests, 11)
        fresh = await there("?confirm=/trainers/people")
        confirmed = await browser.get("/trainers/sign-in/node/back", params=fresh)
        assert confirmed.headers["location"] == "/trainers/people", confirmed.text
        assert (await browser.post("/trainers/people/links", data={"role": "trainer"})).status_code == 200
