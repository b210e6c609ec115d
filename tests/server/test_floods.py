"""Floods from outside: sign-ins, made-up tokens, streams. The server stays small, and others get their pages."""

import asyncio
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.faults import Fault
from tests.live import Server, StartServer
from tests.server.raw import get

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

MB = 1024 * 1024


def memory(server: Server, line: str = "VmHWM") -> int:
    """Bytes that the process holds, or held at most."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(row.split()[1]) * 1024 for row in status.splitlines() if row.startswith(line))


# Someone else, in a process of their own: beside the flood's own client they would measure that.
SOMEONE_ELSE = """
import http.client, sys, time
address, seconds = sys.argv[1], float(sys.argv[2])
slowest, asked, until = 0.0, 0, time.monotonic() + seconds
while time.monotonic() < until:
    began = time.perf_counter()
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request("GET", "/practice", headers={"X-Forwarded-For": "192.0.2.200"})
    answer = connection.getresponse()
    assert answer.status == 200 and answer.read(), answer.status
    connection.close()
    slowest, asked = max(slowest, time.perf_counter() - began), asked + 1
    time.sleep(0.02)
print(slowest, asked)
"""


async def slowest_page(server: Server, seconds: float) -> tuple[float, int]:
    """The longest that someone else waited for the page of practice in so many seconds, and how often they asked."""
    command = [sys.executable, "-c", SOMEONE_ELSE, urlsplit(server.base_url).netloc, str(seconds)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    slowest, asked = told.split()
    return float(slowest), int(asked)


async def test_a_flood_of_sign_ins_takes_little_memory_and_no_one_waits(
    start_server: StartServer, fault: Fault
) -> None:
    server = await asyncio.to_thread(start_server, RATE_LIMIT="on", TRUSTED_PROXIES="127.0.0.1")
    addresses = ["192.0.2.1"] * 30 + [f"198.51.100.{number}" for number in range(120)]
    async with httpx.AsyncClient(base_url=server.base_url, timeout=60, limits=httpx.Limits()) as client:
        for name in ("Ada", "Bo"):  # until what is made once is made
            await client.post("/trainers/sign-in", data={"name": name, "password": "a wrong password"})
        quiet, _ = await slowest_page(server, 3)
        before = memory(server, "VmRSS")

        async def sign_in(number: int, address: str) -> int:
            form = {"name": f"somebody {number}", "password": "a wrong password"}
            answer = await client.post("/trainers/sign-in", data=form, headers={"X-Forwarded-For": address})
            if answer.status_code == 429:
                assert int(answer.headers["retry-after"]) > 0
            return answer.status_code

        others = asyncio.create_task(slowest_page(server, 4))
        await asyncio.sleep(1)  # for their process to start
        statuses = Counter(await asyncio.gather(*(sign_in(*each) for each in enumerate(addresses))))
        slowest, asked = await others
    grown = memory(server) - before
    assert set(statuses) <= {401, 429}, statuses
    assert grown < 300 * MB, grown / MB
    assert slowest < quiet + 0.5, (slowest, quiet)
    fault(
        "sign-in flood",
        tried=len(addresses) + asked,
        refused=statuses[429],
        lost=0,
        seen=f"Others: their pages, at most {1000 * max(0.0, slowest - quiet):.0f} ms later than without the flood. "
        f"Those who sign in: to try again in a few seconds. The server grew by {grown / MB:.0f} MB.",
    )


async def test_a_flood_of_made_up_tokens_leaves_nothing_behind(start_server: StartServer, fault: Fault) -> None:
    server = await asyncio.to_thread(start_server, RATE_LIMIT="on")
    address = urlsplit(server.base_url)

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> int:
        writer.write(get(b"/api/v1/practice/export", b"Authorization: Bearer %d.%b" % (number, b"x" * 30_000)))
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        return int(head[9:12])

    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    for number in range(200):  # until what is made once is made
        await send(reader, writer, number)
    before = memory(server, "VmRSS")
    statuses = Counter([await send(reader, writer, number) for number in range(200, 10_200)])
    grown = memory(server, "VmRSS") - before
    writer.close()
    assert set(statuses) == {401}
    assert grown < 20 * MB, grown / MB
    fault(
        "token flood",
        tried=statuses.total(),
        refused=statuses[401],
        lost=0,
        seen=f"Nothing. 10,000 made-up tokens of 30 kB left {max(0, grown) / MB:.1f} MB.",
    )


async def test_a_flood_of_streams_leaves_room_for_pages(start_server: StartServer, fault: Fault) -> None:
    server = await asyncio.to_thread(start_server, RATE_LIMIT="on", TRUSTED_PROXIES="127.0.0.1")
    resource = pytest.importorskip("resource")
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (600, 600))
    address = urlsplit(server.base_url)
    async with httpx.AsyncClient(base_url=server.base_url, timeout=20) as client:
        code = (await client.post("/api/v1/groups", json={})).json()["code"]
        open_streams, statuses = [], Counter[int]()

        async def follow(host: bytes) -> int:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.write(get(b"/g/%b/live/screen" % code.encode(), b"X-Forwarded-For: " + host))
            head = await reader.readuntil(b"\r\n\r\n")
            if int(head[9:12]) == 200:
                open_streams.append((reader, writer))
            else:
                assert b"retry-after" in head.lower()
                writer.close()
            statuses[int(head[9:12])] += 1
            return int(head[9:12])

        one = Counter([await follow(b"192.0.2.1") for _ in range(400)])
        other = Counter([await follow(b"198.51.100.7") for _ in range(20)])
        pages = [(await client.get(path)).status_code for path in ("/", "/practice", f"/g/{code}") for _ in range(5)]
        for _, writer in open_streams:
            writer.close()
    assert set(statuses) == {200, 503}
    assert 100 < one[200] < 300, one
    assert other == {200: 20}
    assert set(pages) == {200}
    fault(
        "stream flood",
        tried=statuses.total() + len(pages),
        refused=statuses[503],
        lost=0,
        seen=f"Others: nothing. One address kept {one[200]} streams of 600 open files; its other pages look again by "
        "themselves every few seconds.",
    )
