"""The baselines, behind the server options of ours: a POST that does nothing, and streams as FastAPI suggests them."""

import asyncio
import sys
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

app = FastAPI(openapi_url=None)
_queues: set[asyncio.Queue[bytes]] = set()


@app.post("/noop")
async def noop() -> dict[str, bool]:
    return {"ok": True}


@app.get("/noop/events")
async def events() -> StreamingResponse:
    """A stream of whatever is pushed."""
    return StreamingResponse(_messages(), media_type="text/event-stream")


async def _messages() -> AsyncIterator[bytes]:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    _queues.add(queue)
    try:
        yield b"retry: 1000\n\n"
        while True:
            yield await queue.get()
    finally:
        _queues.discard(queue)


@app.post("/noop/push")
async def push(request: Request) -> dict[str, bool]:
    """Sends the body to every stream."""
    message = await request.body()
    for queue in _queues:
        queue.put_nowait(message)
    return {"ok": True}


if __name__ == "__main__":
    port = int(sys.argv[1])
    uvicorn.run(app, port=port, access_log=False, log_config=None, server_header=False, proxy_headers=False)
