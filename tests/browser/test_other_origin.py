"""A hostile page on another site, in a real browser that is signed in here: nothing gets through to it.

The hostile server stands on this machine too; the browser is told that evil.test is here, and is on another site then.
`localhost` with another port is tried as well: it is neither this origin nor, to browsers, this site.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page

from tests.browser.conftest import become
from tests.cast import ANA, PASSWORD
from tests.live import Server

READ = """async ([url, options]) => {
  try { const answer = await fetch(url, options); return `${answer.type} ${answer.status} ${await answer.text()}`; }
  catch (error) { return 'refused'; }
}"""
LOADED = """([kind, url]) => new Promise((done) => {
  const element = document.createElement(kind);
  element.onload = () => done('loaded'); element.onerror = () => done('refused');
  element[kind === 'link' ? 'href' : 'src'] = url;
  if (kind === 'link') element.rel = 'stylesheet';
  document.body.append(element);
})"""
STREAM = """(url) => new Promise((done) => {
  const source = new EventSource(url, {withCredentials: true});
  source.onopen = source.onmessage = () => { source.close(); done('open'); };
  source.onerror = () => { source.close(); done('refused'); };
})"""
FRAME = """(url) => new Promise((done) => {
  const frame = document.createElement('iframe');
  frame.onload = () => {
    let seen = 'nothing';
    try { seen = frame.contentDocument.body.innerText; } catch {}
    done(seen);
  };
  frame.src = url;
  document.body.append(frame);
})"""
SEND = """([url, method, enctype, fields]) => {
  const form = Object.assign(document.createElement('form'), {action: url, method, enctype});
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement('input'), {name, value}));
  }
  document.body.append(form);
  form.submit();
}"""


class _Hostile(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Win a prize</title><body>A prize</body>")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def _served() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hostile)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def hostile_port() -> Iterator[int]:
    with _served() as port:
        yield port


@pytest.fixture(scope="module")
def deceived(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser to which evil.test is this machine."""
    flags = [*browser_type_launch_args["args"], "--host-resolver-rules=MAP evil.test 127.0.0.1"]
    browser = browser_type.launch(**browser_type_launch_args | {"args": flags})
    yield browser
    browser.close()


@pytest.fixture(params=["evil.test", "localhost"])
def hostile(
    request: pytest.FixtureRequest, deceived: Browser, hostile_port: int, site: Server, cookies: dict[str, str]
) -> Iterator[Page]:
    """The hostile page, opened by someone who is signed in here as trainer and learner."""
    context = deceived.new_context()
    become("trainer", context, site, cookies)
    become("learner", context, site, cookies)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"http://{request.param}:{hostile_port}/")
    yield page
    context.close()


def state(site: Server, cookies: dict[str, str]) -> tuple[str, str]:
    """What the attacks want to change: the trainer's people and stories, and the learner's answers."""
    with httpx.Client(base_url=site.base_url, timeout=20, trust_env=False, cookies=cookies) as client:
        held = client.get("/practice/mine.json")
        assert held.status_code == 200
        people = client.get("/trainers/people")
        assert people.status_code == 200
        return people.text, json.dumps(held.json()["guesses"])


# Each is a form that its own page sends with success.
FORMS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/trainers/people/links", {"role": "admin", "name": "Mallory"}),
    ("/trainers/account/password", {"present": PASSWORD, "password": "mallory knows this one"}),
    ("/trainers/settings", {"raters_needed": "0"}),
    (f"/vignettes/{ANA}/guesses", {"system": "threat"}),
    ("/practice/mine/delete", {}),
    ("/trainers/sign-in", {"name": "Mallory", "password": PASSWORD}),
    ("/groups", {"kind": "psychoeducation"}),
)


@pytest.mark.parametrize("enctype", ["application/x-www-form-urlencoded", "text/plain"])
def test_a_form_that_another_site_sends_changes_nothing(
    hostile: Page, site: Server, cookies: dict[str, str], enctype: str
) -> None:
    before, start = state(site, cookies), hostile.url

    for path, fields in FORMS:
        hostile.goto(start)
        with hostile.expect_navigation() as answered:
            hostile.evaluate(SEND, [site.base_url + path, "post", enctype, fields])
        assert answered.value.status == 403, path
        assert "set-cookie" not in answered.value.headers

    assert state(site, cookies) == before


def test_a_script_of_another_site_can_neither_write_nor_read(
    hostile: Page, site: Server, cookies: dict[str, str]
) -> None:
    before = state(site, cookies)
    simple = {"method": "POST", "credentials": "include", "body": "system=threat"}
    asks: list[tuple[str, dict[str, Any]]] = [
        ("/practice/mine.json", {"credentials": "include"}),
        ("/trainers/people", {"credentials": "include"}),
        ("/api/v1/auth/me", {"credentials": "include"}),
        ("/api/v1/vignettes", {}),
        (f"/vignettes/{ANA}/guesses", simple),
        (f"/api/v1/vignettes/{ANA}/guesses", simple | {"body": '{"system": "threat"}'}),
        (f"/api/v1/vignettes/{ANA}/guesses", simple | {"headers": {"Authorization": "Bearer x"}}),
        ("/api/v1/learners/me", {"method": "DELETE", "credentials": "include"}),
        ("/api/v1/learners", {"method": "POST"}),
    ]

    for path, options in asks:
        assert hostile.evaluate(READ, [site.base_url + path, options]) == "refused", path
        blind = hostile.evaluate(READ, [site.base_url + path, options | {"mode": "no-cors"}])
        assert blind in ("refused", "opaque 0 "), path  # `no-cors` gives an answer that no one can read

    assert state(site, cookies) == before


def test_nothing_of_here_is_shown_or_run_inside_another_site(hostile: Page, site: Server) -> None:
    for path in ("/", "/trainers", f"/vignettes/{ANA}", "/practice/mine", "/circles"):
        assert "Three Circles" not in hostile.evaluate(FRAME, site.base_url + path), path
    assert not any("Three Circles" in frame.content() for frame in hostile.frames[1:])

    for kind, path in (
        ("script", "/practice/mine.json"),
        ("script", "/api/v1/vignettes"),
        ("script", "/static/practice.js"),
        ("link", "/static/app.css"),
        ("img", "/static/favicon.svg"),
        ("img", "/practice/mine.csv"),
    ):
        assert hostile.evaluate(LOADED, [kind, site.base_url + path]) == "refused", path


def test_another_site_hears_no_stream(hostile: Page, site: Server) -> None:
    with httpx.Client(base_url=site.base_url, timeout=20, trust_env=False) as client:
        code = client.post("/api/v1/groups", json={"kind": "psychoeducation"}).json()["code"]
        join(client, hostile.context, site, code)

    for path in (f"/g/{code}/live/member", f"/g/{code}/live/screen", f"/api/v1/groups/{code}/events"):
        assert hostile.evaluate(STREAM, site.base_url + path) == "refused", path


def join(client: httpx.Client, context: BrowserContext, site: Server, code: str) -> None:
    """Makes the browser's own person a member of the group."""
    token = client.post(f"/api/v1/groups/{code}/members").json()["member_token"]
    context.add_cookies([{"name": f"member-{code}", "value": token, "url": site.base_url}])


def test_a_window_that_another_site_opens_is_cut_off_from_it(hostile: Page, site: Server) -> None:
    with hostile.expect_popup() as opened:
        hostile.evaluate("(url) => { window.kept = window.open(url, 'kept'); }", f"{site.base_url}/trainers")
    window = opened.value
    window.wait_for_load_state()

    assert window.evaluate("window.opener") is None
    assert window.evaluate("window.name") == ""
    assert hostile.evaluate("window.kept.closed")  # all that is left of it for the page that opened it


def test_the_same_things_work_from_our_own_pages(deceived: Browser, site: Server, cookies: dict[str, str]) -> None:
    """Else the tests above would pass on a server that answers no one."""
    context = deceived.new_context()
    become("trainer", context, site, cookies)
    become("learner", context, site, cookies)
    page = context.new_page()
    page.goto(f"{site.base_url}/about")

    assert "guesses" in page.evaluate(READ, [f"{site.base_url}/practice/mine.json", {"credentials": "include"}])
    for kind, path in (("script", "/static/practice.js"), ("link", "/static/app.css"), ("img", "/static/favicon.svg")):
        assert page.evaluate(LOADED, [kind, site.base_url + path]) == "loaded", path
    with page.expect_response(lambda answer: answer.url.endswith("/trainers/people/links")) as answered:
        page.evaluate(
            SEND,
            [
                f"{site.base_url}/trainers/people/links",
                "post",
                "multipart/form-data",
                {"role": "editor", "name": "Ida"},
            ],
        )
    assert answered.value.status == 200
    context.close()
