"""Many learners answer at once over real connections, and remember what they were promised."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle

import httpx

from api.kit.systems import ANSWERS
from tests.cast import SLUGS

CONNECTIONS = 32

_numbers = count(1)


@dataclass
class Load:
    """Guesses that were sent, told apart by their reasons."""

    base_url: str
    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, wanted: int) -> None:
        """Answers on all connections until the server is gone; `enough` is set after so many promises."""
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(self._learner(wanted))

    async def _learner(self, wanted: int) -> None:
        answers: Iterator[str] = cycle(ANSWERS)
        # One connection each. Without verify=False each client would first read all the world's certificates.
        plain = httpx.AsyncHTTPTransport(verify=False, limits=httpx.Limits(max_connections=1))
        async with httpx.AsyncClient(base_url=self.base_url, transport=plain, timeout=15) as client:
            try:
                token = (await client.post("/api/v1/learners")).json()["learner_token"]
                for slug in cycle(SLUGS):
                    name = f"guess {next(_numbers)}"
                    body = {"system": next(answers), "reason": name}
                    self.sent.add(name)
                    answer = await client.post(
                        f"/api/v1/vignettes/{slug}/guesses", json=body, headers={"Authorization": f"Bearer {token}"}
                    )
                    if answer.status_code == 201:
                        self.acknowledged.add(name)
                    else:
                        self.refused.append(answer.status_code)
                    if len(self.acknowledged) >= wanted:
                        self.enough.set()
            except httpx.TransportError:
                return  # the server has gone; what it promised before is in `acknowledged`
