"""What the proof takes from this machine: Debian's tools, a place to work in, and the way to the package index."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOOLS = ("buildah", "debootstrap", "runc")
# What pip reads on this machine; a build has to find packages in the same place.
PIP_CONFIGURATION = (Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf")
CERTIFICATES = Path("/etc/ssl/certs")


def run(*command: str | Path) -> str:
    """The command's output; what it says on standard error is shown as it comes."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def install_tools() -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if os.geteuid() != 0:
        raise SystemExit("The proof mounts file systems: run it as root, on Debian.")
    if missing:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


class Buildah:
    """buildah with everything it keeps in one folder."""

    def __init__(self, folder: Path) -> None:
        self._options = ("--root", folder / "store", "--runroot", folder / "run", "--storage-driver", "vfs")
        self._policy = folder / "policy.json"
        self._policy.write_text('{"default": [{"type": "insecureAcceptAnything"}]}')  # every image here is our own
        self._tools = folder / "uv"
        self._tools.mkdir()
        (self._tools / "uv.toml").write_text("system-certs = true\n")

    def __call__(self, *arguments: str | Path) -> str:
        return run("buildah", *self._options, *arguments)

    def commit(self, container: str, name: str) -> None:
        self("commit", "--quiet", "--signature-policy", self._policy, "--rm", container, name)

    def build(self, source: Path, base: str, name: str) -> None:
        """The Dockerfile in `source`. How packages are found is mounted while it builds, and stays outside."""
        mounts = {CERTIFICATES: CERTIFICATES, self._tools: Path("/etc/uv")}
        if found := [path for path in PIP_CONFIGURATION if path.exists()]:
            mounts[found[0]] = Path("/etc/pip.conf")
        volumes = [word for here, there in mounts.items() for word in ("--volume", f"{here}:{there}:ro")]
        options = ("--format", "docker", "--isolation", "chroot", "--network", "host", "--quiet")
        policy = ("--signature-policy", self._policy)
        self("build", *options, *policy, *volumes, "--build-arg", f"BASE={base}", "--tag", name, source)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="three-circles-image-") as name:
        yield Path(name)
