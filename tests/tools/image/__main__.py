"""Builds the image without a container engine and proves what its documentation promises: `make image-proof`."""

import json
import os
import time
from pathlib import Path
from typing import Any

import httpx

from tests.tools.image.base import make_base
from tests.tools.image.container import DATA, Container
from tests.tools.image.machine import CERTIFICATES, PIP_CONFIGURATION, Buildah, install_tools, workplace

ROOT = Path(__file__).parents[3]
IMAGE = "localhost/three-circles"
STOPS_WITHIN = 3.0  # seconds


def main() -> None:
    install_tools()
    with workplace() as folder:
        buildah = Buildah(folder)
        base = make_base(buildah, folder)
        started = time.monotonic()
        buildah.build(ROOT, base, IMAGE)
        print(f"built in {time.monotonic() - started:.0f} s")
        image = json.loads(buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"]
        root = Path(buildah("mount", buildah("from", IMAGE)))
        print(f"size {size(buildah, IMAGE)}, of which the base is {size(buildah, base)}")
        nothing_of_this_machine(root)
        data = folder / "data"
        data.mkdir()
        os.chown(data, int(image["User"]), int(image["User"]))
        for start in ("first", "second"):
            with Container(folder / start, root, image, data) as container:
                locked_up(container, image)
                answers(container, start)
                healthy(container, image)
                stops(container)
    print("1 passed, 0 failed")


def size(buildah: Buildah, image: str) -> str:
    return buildah("images", "--format", "{{.Size}}", image)


def nothing_of_this_machine(root: Path) -> None:
    """How packages were found on this machine must not travel with the image."""
    ours = {path.read_text() for path in PIP_CONFIGURATION if path.exists()}
    for path in (root / "etc").rglob("pip.conf"):
        assert path.read_text() not in ours, f"{path} is this machine's"
    assert not (root / "etc/uv/uv.toml").exists()
    authorities = CERTIFICATES / "ca-certificates.crt"
    own = root / str(authorities).lstrip("/")
    assert own.is_file()
    assert own.stat().st_size > 0
    assert not [path for path in (root / "src").iterdir() if path.name != ".venv"]
    print("nothing of this machine is in the image")


def locked_up(container: Container, image: dict[str, Any]) -> None:
    """Not root, no capability, and no place to write but the data."""
    status = dict(line.split(":\t", 1) for line in container.execute("cat", "/proc/1/status").stdout.splitlines())
    assert status["Uid"].split() == [image["User"]] * 4, status["Uid"]
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    for folder in ("/", "/etc", "/src/.venv", "/tmp", "/var/tmp"):
        refused = container.execute("touch", f"{folder}/proof")
        assert "Read-only file system" in refused.stderr, f"{folder} can be written"
    assert container.execute("touch", f"{DATA}/proof").returncode == 0
    print(f"user {image['User']}, no capability, read-only root")


def answers(container: Container, start: str) -> None:
    """A page, a guess, and at the second start everything that the first one took."""
    with httpx.Client(base_url=f"http://127.0.0.1:{container.port}", trust_env=False, timeout=10) as client:
        assert client.get("/readyz").json() == {"status": "ok"}
        print(f"ready {time.monotonic() - container.started:.1f} s after its start")
        assert client.get("/practice", follow_redirects=True).status_code == 200
        slug = client.get("/api/v1/vignettes").json()["items"][0]["slug"]
        headers = {"Authorization": f"Bearer {client.post('/api/v1/learners').json()['learner_token']}"}
        path = f"/api/v1/vignettes/{slug}/guesses"
        assert client.post(path, json={"system": "drive"}, headers=headers).status_code == 201
        answered = client.get(f"/api/v1/vignettes/{slug}/statistics", headers=headers).json()["answered"]
        assert answered == {"first": 1, "second": 2}[start]
    print(f"{answered} of {answered} guesses are there at the {start} start")


def healthy(container: Container, image: dict[str, Any]) -> None:
    """The image's own health check, at the port of this run."""
    kind, *command = image["Healthcheck"]["Test"]
    assert kind == "CMD"
    checked = container.execute(*(word.replace(":8000/", f":{container.port}/") for word in command))
    assert checked.returncode == 0, checked.stderr


def stops(container: Container) -> None:
    code, seconds = container.terminate()
    assert code == 0, f"it ended with {code}"
    assert seconds < STOPS_WITHIN, f"it took {seconds:.1f} s to end"
    print(f"SIGTERM: ended with 0 after {seconds:.2f} s")


if __name__ == "__main__":
    main()
