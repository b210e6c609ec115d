# syntax=docker/dockerfile:1
# The same steps on another base with Python 3.11 or newer: --build-arg BASE=…
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv
WORKDIR /src
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-dev --no-cache --extra scale --no-install-project
COPY api api
COPY frontend frontend
COPY vignettes vignettes
COPY docs docs
RUN uv sync --frozen --no-dev --no-cache --extra scale --no-editable

FROM ${BASE}
RUN useradd --system --uid 10001 --home-dir /data --no-create-home circles \
    && install -d -o circles -g circles -m 700 /data
COPY --from=build /src/.venv /src/.venv
ENV PATH=/src/.venv/bin:$PATH THREE_CIRCLES_DATA_DIR=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Run with --read-only and a --tmpfs for /tmp: only /data is written, and files that someone uploads pass through /tmp.
HEALTHCHECK --interval=30s --timeout=3s --start-period=15s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["three-circles"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
