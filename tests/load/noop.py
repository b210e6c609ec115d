"""The baseline: what FastAPI itself costs for a POST that does nothing, behind the server options of ours."""

import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.post("/noop")
async def noop() -> dict[str, bool]:
    return {"ok": True}


if __name__ == "__main__":
    port = int(sys.argv[1])
    uvicorn.run(app, port=port, access_log=False, log_config=None, server_header=False, proxy_headers=False)
