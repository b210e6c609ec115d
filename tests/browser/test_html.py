"""Every page and state is valid HTML, as the Nu checker of the W3C reads it."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.browser.pages import SIGHTS
from tests.cast import ANA, CLEO
from tests.live import Server

JAR: Final = Path(__file__).parents[2] / ".build" / "vnu" / "package" / "build" / "dist" / "vnu.jar"
# What the checker does not know, and why it is there.
KNOWN: Final = (
    r"Attribute “hx-[\w:-]+” not allowed.*",  # htmx: as data-hx-* each page would be longer, and nothing better
    r"Attribute “pathLength” not allowed on element “circle”.*",  # it is in SVG 2
    # Narrow tables are set as blocks, and browsers then forget that they are tables; their roles say it again.
    r"The “role” attribute must not be used on a “(td|th|tr)” element which has a “table” ancestor.*",
)


def collect(client: httpx.Client, name: str, path: str, folder: Path) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("text/html"), path
    (folder / f"{name}.html").write_text(answer.text, encoding="utf-8")


def a_round(base_url: str, folder: Path) -> None:
    """The pages of a group in each phase: of the facilitator, of the shared screen, and of a phone."""
    with (
        httpx.Client(base_url=base_url, timeout=20, trust_env=False, follow_redirects=True) as console,
        httpx.Client(base_url=base_url, timeout=20, trust_env=False, follow_redirects=True) as member,
    ):
        ready = console.post("/groups", data={"kind": "psychoeducation", "vignette": [ANA, CLEO]})
        code = ready.url.path.split("/")[2]
        assert member.post(f"/g/{code}/join").is_success
        others = [httpx.Client(base_url=base_url, timeout=20, trust_env=False, follow_redirects=True) for _ in range(6)]
        for other in others:
            other.post(f"/g/{code}/join")
        collect(console, "group-ready", f"/g/{code}/ready", folder)
        for name in ("pause", "leave"):
            collect(member, f"group-{name}", f"/g/{code}/{name}", folder)
        for number in range(6):
            page = console.get(f"/g/{code}/console").text
            (folder / f"group-{number}-console.html").write_text(page, encoding="utf-8")
            collect(console, f"group-{number}-screen", f"/g/{code}/screen", folder)
            collect(member, f"group-{number}-phone", f"/g/{code}", folder)
            if 'id="vote"' in member.get(f"/g/{code}").text:
                for other in (member, *others):
                    assert other.post(f"/g/{code}/guess", data={"system": "drive"}).is_success
                collect(member, f"group-{number}-phone-sent", f"/g/{code}", folder)
            step = re.search(r'name="seen" value="([^"]*)"><button[^>]*name="phase" value="([^"]*)"', page)
            assert step, page
            console.post(f"/g/{code}/step", data={"seen": step[1], "phase": step[2]})
        collect(console, "group-summary", f"/g/{code}/summary", folder)
        collect(console, "group-end", f"/g/{code}/end", folder)
        for other in others:
            other.close()


@pytest.fixture
def pages(site: Server, new_site: Server, cookies: dict[str, str], links: dict[str, str], tmp_path: Path) -> Path:
    for sight in SIGHTS:
        server = new_site if sight.new else site
        path = links.get(sight.path) or server.base_url + sight.path
        own = {sight.who: cookies[sight.who]} if sight.who in cookies else {}
        with httpx.Client(timeout=20, trust_env=False, cookies=own, follow_redirects=True) as client:
            collect(client, sight.name, path, tmp_path)
    a_round(site.base_url, tmp_path)
    return tmp_path


@pytest.mark.engines
def test_every_page_is_valid_html(pages: Path) -> None:
    if not JAR.exists():
        reason = "no Nu checker here: make browsers fetches it from npm"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    told = subprocess.run(
        ["java", "-jar", JAR, "--format", "json", "--errors-only", "--filterpattern", "|".join(KNOWN), pages],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(told.stderr)["messages"]
    wrong = {f"{Path(one['url']).stem}: {one['message']} ({one.get('extract', '')[:120]!r})" for one in found}
    assert sorted(wrong) == []
