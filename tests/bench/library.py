"""What the trainers' list, search, export and import cost with ten thousand vignettes, as a ratio to one thousand."""

import http.client
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from rich.console import Console

from api.accounts.trainer import access_token, add_trainer
from api.exchange.formats import archive
from api.persistence.engine import make_engine
from tests.editorial.many import add_many

from .server import Server, product

SMALL = 1_000
PAGES = {
    "list": "/trainers",
    "last page of the list": "/trainers?page=9999",
    "search, few found": "/trainers?" + urlencode({"q": "story 00042"}),
    "search, many found": "/trainers?" + urlencode({"q": "amb"}),
    "filters": "/trainers?" + urlencode({"level": 2, "system": "threat", "note": "without", "skill": "threat.predict"}),
    "map": "/trainers/map",
    "one vignette": "/trainers/vignettes/made-up-00042",
}
_IMPORT = "/api/v1/vignettes/import"
FORMATS = ("zip", "json", "csv")
FILE_ROUNDS = 2  # whole files take seconds, so fewer of them tell as much
PATIENCE = 300  # seconds for the import of the largest file


def run(console: Console, *, rounds: int, large: int) -> bool:
    """Prints the median of each page with few and with many vignettes, and their ratio; says whether all answered."""
    times: list[dict[str, float]] = []
    for number in (SMALL, large):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="three-circles-load-")))
            with product(folder) as server:  # makes the schema
                database = server.database
            started = time.perf_counter()
            token = _fill(database, number)
            console.print(f"{number:,} vignettes written in {time.perf_counter() - started:.1f} s")
            started = time.perf_counter()
            server = stack.enter_context(product(folder, rate_limit=False))
            console.print(
                f"started with them in {time.perf_counter() - started:.1f} s, {server.memory() / 1e6:.0f} MB in memory"
            )
            figures = {name: _measure(server, token, path, rounds) for name, path in PAGES.items()}
            for form in FORMATS:
                figures |= _exchange(server, token, form, min(rounds, FILE_ROUNDS))
            times.append(figures)
    few, many = times
    console.print(
        f"{large / SMALL:g} times as many vignettes; medians of {rounds}, of {min(rounds, FILE_ROUNDS)} for files"
    )
    for name, short in few.items():
        console.print(
            f"{name}: {1e3 * short:.1f} ms with {SMALL:,}, {1e3 * many[name]:.1f} ms with {large:,}, "
            f"ratio {many[name] / short:.2f}"
        )
    return True


def _fill(database: Path, number: int) -> str:
    """Adds the vignettes and an editor; gives the editor's token."""
    engine = make_engine(f"sqlite:///{database}")
    add_many(engine, number)
    token = access_token(engine, add_trainer(engine, "Edith", "four unrelated words here", role="editor"))
    engine.dispose()
    return token


def _measure(server: Server, token: str, path: str, rounds: int) -> float:
    """The median seconds of a page."""
    for _ in range(3):
        _timed(server, token, "GET", path)
    return median(_timed(server, token, "GET", path)[0] for _ in range(rounds))


def _exchange(server: Server, token: str, form: str, rounds: int) -> dict[str, float]:
    """The median seconds of an export of the whole library, of looking at an import that changes nothing, and of one
    that gives each vignette another story."""
    exports = [_timed(server, token, "GET", f"/api/v1/vignettes/export?format={form}") for _ in range(rounds)]
    data = exports[0][1]
    looks = [_timed(server, token, "POST", _IMPORT + "?dry_run=true", form, data)[0] for _ in range(rounds)]
    imports = []
    for number in range(rounds):
        changed = _changed(form, data, number)
        imports.append(_timed(server, token, "POST", _IMPORT, form, changed)[0])
    return {
        f"{form} exported": median(taken for taken, _ in exports),
        f"{form} looked at, nothing changes": median(looks),
        f"{form} imported, all change": median(imports),
    }


def _changed(form: str, data: bytes, number: int) -> bytes:
    """The same file with a word more in every title."""
    word = (b"Story ", b"Story %d of " % number)
    if form != "zip":
        return data.replace(*word)
    return archive.pack({name: file.replace(*word) for name, file in archive.unpack(data).items()})


def _timed(
    server: Server, token: str, method: str, path: str, form: str = "", data: bytes = b""
) -> tuple[float, bytes]:
    """Seconds until the whole answer is there, and the answer."""
    headers = {"authorization": f"Bearer {token}"}
    if data:
        headers["content-type"] = "multipart/form-data; boundary=between"
        head = f'--between\r\ncontent-disposition: form-data; name="file"; filename="library.{form}"\r\n\r\n'
        data = head.encode() + data + b"\r\n--between--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    started = time.perf_counter()
    connection.request(method, path, data or None, headers)
    answer = connection.getresponse()
    body = answer.read()
    taken = time.perf_counter() - started
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}: {body[:300]!r}")
    return taken, body
