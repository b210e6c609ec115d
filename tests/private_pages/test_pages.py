"""The private pages: what the server hands out, which is all that it ever knows of them."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from api.kit.systems import SYSTEMS
from api.web.rendering import icon_path

PRIVATE = ("/circles", "/circles/paper", "/circles/paper?words=yes", "/soothing", "/soothing/paper")
private_page = pytest.mark.parametrize("path", PRIVATE)


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@private_page
async def test_a_browser_may_send_nothing_from_a_private_page(standing: httpx.AsyncClient, path: str) -> None:
    answer = await standing.get(path)

    policies = answer.headers.get_list("content-security-policy", split_commas=True)
    assert answer.status_code == 200
    assert any("connect-src 'none'" in policy and "form-action 'none'" in policy for policy in policies)
    assert any("default-src 'none'" in policy and "script-src 'self'" in policy for policy in policies)
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


async def test_other_pages_may_still_send_their_forms(standing: httpx.AsyncClient) -> None:
    policies = (await standing.get("/practice", follow_redirects=True)).headers.get_list("content-security-policy")

    assert len(policies) == 1
    assert "form-action 'self'" in policies[0]


@private_page
async def test_nothing_on_a_private_page_could_be_sent_with_a_form_or_by_htmx(
    standing: httpx.AsyncClient, path: str
) -> None:
    elements = Elements((await standing.get(path)).text).found

    assert "form" not in {tag for tag, _ in elements}
    fields = [attributes for tag, attributes in elements if tag in ("input", "textarea", "select", "button")]
    assert [field for field in fields if "name" in field or "formaction" in field] == []
    assert [name for _, attributes in elements for name in attributes if name.startswith("hx-")] == []
    assert all(field.get("autocomplete") == "off" for field in fields if "type" in field and field["type"] != "button")
    scripts = {(attributes["src"] or "").split("?")[0] for tag, attributes in elements if tag == "script"}
    assert scripts <= {
        f"/static/{name}.js" for name in ("circles", "private-store", "circle-list", "drawing", "soothing")
    }


@pytest.mark.parametrize(
    "script",
    ["circles.js", "private-store.js", "circle-list.js", "drawing.js", "soothing.js", "guide.js", "takeaway.js"],
)
async def test_no_private_script_knows_a_way_to_send_or_to_set_a_cookie(
    standing: httpx.AsyncClient, script: str
) -> None:
    source = (await standing.get(f"/static/{script}")).text

    assert len(source) > 1000
    for way in (
        "fetch",
        "XMLHttpRequest",
        "sendBeacon",
        "WebSocket",
        "EventSource",
        "import(",
        "cookie",
        "indexedDB",
        "Image",
        ".src",
        "location",
    ):
        assert way not in source
    assert re.findall(r"https?://\S+", source.replace("http://www.w3.org/2000/svg", "")) == []


async def test_the_paper_comes_blank_or_with_words_about_the_systems(standing: httpx.AsyncClient) -> None:
    blank = (await standing.get("/circles/paper")).text
    told = (await standing.get("/circles/paper", params={"words": "yes"})).text

    for page in (blank, told):
        assert all(moment in page for moment in ("Now", "On a hard day", "How I would like it to be"))
    assert "Notices danger and protects us" in told
    assert "Notices danger" not in blank
    assert "Slower breath" not in blank


async def test_the_page_of_the_systems_leads_to_both(standing: httpx.AsyncClient) -> None:
    page = (await standing.get("/systems")).text

    assert 'href="/circles"' in page
    assert 'href="/soothing"' in page


@pytest.mark.parametrize("name", SYSTEMS)
async def test_scripts_draw_the_same_icons_as_the_pages(standing: httpx.AsyncClient, name: str) -> None:
    sprite = (await standing.get("/static/icons.svg")).text

    assert icon_path(name).startswith("M")
    assert f'id="i-{name}"' in sprite
    assert icon_path(name).split(" M")[0][:40] in sprite
