"""A few learners who go on answering while something breaks, and remember what they were promised."""

import asyncio
from dataclasses import dataclass, field
from itertools import count, cycle
from types import TracebackType

import httpx

from tests.cast import SLUGS
from tests.rows import opened, reasons, recounted, tallies

_numbers = count(1)


@dataclass
class Steady:
    """Each learner answers, waits a moment, answers again; when the connection breaks they come back."""

    base_url: str
    learners: int = 8
    pause: float = 0.05
    patience: float = 20.0
    sent: list[str] = field(default_factory=list)
    promised: set[str] = field(default_factory=set)
    refusals: list[int] = field(default_factory=list)  # statuses; 0 where no answer came
    _stopped: bool = False

    async def __aenter__(self) -> "Steady":
        self._news = asyncio.Condition()
        self._running = [asyncio.create_task(self._learner()) for _ in range(self.learners)]
        await self.more(self.learners)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped = True
        await asyncio.gather(*self._running)

    async def more(self, number: int, patience: float = 30.0) -> None:
        """Waits until so many more guesses have been kept."""
        wanted = len(self.promised) + number
        async with asyncio.timeout(patience), self._news:
            await self._news.wait_for(lambda: len(self.promised) >= wanted)

    async def refused(self, number: int = 1, patience: float = 30.0) -> None:
        """Waits until so many more guesses have been refused."""
        wanted = len(self.refusals) + number
        async with asyncio.timeout(patience), self._news:
            await self._news.wait_for(lambda: len(self.refusals) >= wanted)

    def lost(self, url: str, *others: "Steady") -> int:
        """How many of the guesses promised to these and others the database does not hold.

        What it holds must have been sent once, and the running counts must be true.
        """
        everyone = (self, *others)
        with opened(url) as engine:
            kept = [name for name in reasons(engine) if name]
            assert len(kept) == len(set(kept))
            assert set(kept) <= {name for one in everyone for name in one.sent}
            assert tallies(engine) == recounted(engine)
        return sum(len(one.promised - set(kept)) for one in everyone)

    async def _learner(self) -> None:
        plain = httpx.AsyncHTTPTransport(verify=False, limits=httpx.Limits(max_connections=1))
        async with httpx.AsyncClient(base_url=self.base_url, transport=plain, timeout=self.patience) as client:
            token = (await client.post("/api/v1/learners")).json()["learner_token"]
            headers = {"Authorization": f"Bearer {token}"}
            for slug in cycle(SLUGS):
                if self._stopped:
                    return
                name = f"guess {next(_numbers)}"
                self.sent.append(name)
                try:
                    answer = await client.post(
                        f"/api/v1/vignettes/{slug}/guesses", json={"system": "drive", "reason": name}, headers=headers
                    )
                    status = answer.status_code
                except httpx.TransportError:
                    status = 0
                if status == 201:
                    self.promised.add(name)
                else:
                    self.refusals.append(status)
                async with self._news:
                    self._news.notify_all()
                await asyncio.sleep(self.pause)
