"""A small site that shows the faces of steps in the frame of a group's pages, without a group."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from types import TracebackType

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from api.kit import assets
from api.session_plans.faces import Live, StepFace
from api.session_plans.takeaway import takeaway
from api.web.rendering import HashedStatic, Page, templates
from api.web.security import Security
from tests.session_plans.shipped import in_a_group, look, plans

STEP = """<{tag} class="{classes}" id="step" data-step="{number}" data-place="{number}"
data-title="{{{{ face.title }}}}" data-say="{{{{ face.title }}}}">
{{% include "session_plans/{template}" %}}<p>{{{{ note }}}}</p></{tag}>"""
MEMBER = STEP.format(tag="article", classes="phone phone--plan", template="_phone_step.html", number="{{ number }}")
WALL = STEP.format(tag="div", classes="wall wall--plan", template="_wall_step.html", number="{{ number }}")
PAGE = """{%% set part = "%s" %%}{%% extends "groups/_layout.html" %%}
{%% block head %%}{%% include "session_plans/_styles.html" %%}{%% endblock %%}
{%% block header %%}%s{%% endblock %%}
{%% block main %%}%s{%% endblock %%}
{%% block scripts %%}{%% include "session_plans/_scripts.html" %%}{%% endblock %%}"""
BAR = """<header class="phonebar"><p class="brand"><span>Tuesday</span></p><nav aria-label="Ways out">
<a class="btn btn--soft" href="/away">Take a break</a>
<form method="post" action="/g/ABC234/leave"><button class="btn btn--text" type="submit">Leave</button></form></nav>
</header>"""
FRAME = Page(title="A step", section="groups", trainer=None, setup=False, place="", places=())


@dataclass(frozen=True)
class Code:
    code: str = "ABC234"


class Faces:
    """The site, in this process. `show` changes the step that phones are on, as a facilitator would."""

    def __init__(self) -> None:
        self.plan = plans()["building-self-compassion"]
        self.number = 0
        self.note = ""
        self.live: Callable[..., Live] = in_a_group
        self._readers: set[asyncio.Queue[str]] = set()
        self.app = FastAPI()
        self.app.get("/g/ABC234")(self._member)
        self.app.get("/g/ABC234/now/member")(self._member_now)
        self.app.get("/g/ABC234/now/screen")(self._screen_now)
        self.app.get("/g/ABC234/live/{part}")(self._follow)
        self.app.get("/g/ABC234/screen")(self._screen)
        self.app.get("/g/ABC234/takeaway")(self._takeaway)
        self.app.post("/g/ABC234/leave")(self._left)
        self.app.get("/away")(self._away)
        self.app.mount("/static", HashedStatic(directory=assets.STATIC))
        config = uvicorn.Config(Security(self.app, 64_000, ""), port=0, access_log=False, log_config=None)
        self.server = uvicorn.Server(config)
        self.socket = config.bind_socket()
        self.socket.listen()  # anyone who comes before the server runs waits for it
        self.base_url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def __enter__(self) -> "Faces":
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.server.force_exit = self.server.should_exit = True
        self.thread.join()

    def show(self, kind: str, note: str = "") -> None:
        """Goes to the first step of a kind; another note is another page of the same step."""
        self.number = next(place for place, step in enumerate(self.plan.steps) if step.kind == kind)
        self.note = note

    def tell(self) -> None:
        """Sends the present page to every phone that follows."""
        message = json.dumps({"html": self.member()})
        for reader in set(self._readers):
            self._loop.call_soon_threadsafe(reader.put_nowait, message)

    @property
    def face(self) -> StepFace:
        step = self.plan.steps[self.number]
        return look(step, self.live(step))

    def member(self) -> str:
        return self._render(MEMBER)

    def wall(self) -> str:
        return self._render(WALL)

    def _render(self, template: str) -> str:
        told = {"face": self.face, "number": self.number, "note": self.note, "door": "a mark"}
        context = {**told, "page": FRAME, "view": Code()}
        return templates.env.from_string(template).render(context)

    def _member(self) -> Response:
        return HTMLResponse(self._render(PAGE % ("member", BAR, MEMBER)))

    def _member_now(self) -> Response:
        return HTMLResponse(self.member())

    def _screen_now(self) -> Response:
        return HTMLResponse(self.wall())

    def _screen(self) -> Response:
        return HTMLResponse(self._render(PAGE % ("screen", "", WALL)))

    async def _follow(self, part: str) -> Response:
        self._loop = asyncio.get_running_loop()
        reader: asyncio.Queue[str] = asyncio.Queue()
        self._readers.add(reader)  # before the answer begins: a test may change the step as soon as it has

        async def messages() -> AsyncIterator[str]:
            try:
                yield "event: beat\ndata:\n\n"  # a silent stream is taken for a dead one
                while True:
                    yield f"data: {await reader.get()}\n\n"
            finally:
                self._readers.discard(reader)

        return StreamingResponse(messages(), media_type="text/event-stream")

    def _takeaway(self) -> Response:
        live = self.live(self.plan.steps[-1])
        view = takeaway(
            self.plan, live.found, live.signposting, length=self.plan.lengths[0], group="ABC234", back_url="/g/ABC234"
        )
        return HTMLResponse(
            templates.env.get_template("session_plans/takeaway.html").render({"view": view, "page": FRAME})
        )

    def _left(self) -> Response:
        return HTMLResponse("<title>Left</title><h1>Left</h1>")

    def _away(self) -> Response:
        return HTMLResponse("<title>Away</title><h1>Away</h1>")
