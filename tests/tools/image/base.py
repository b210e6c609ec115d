"""A stand-in for python:3.13-slim, from Debian's packages alone: the same Debian release, with its own Python 3.13."""

import shutil
from pathlib import Path

from tests.tools.image.machine import Buildah, run

RELEASE = "trixie"
MIRROR = "http://deb.debian.org/debian"
PACKAGES = "python3,python3-venv,python3-pip,ca-certificates"
NAME = "localhost/base"


def make_base(buildah: Buildah, folder: Path) -> str:
    """The name of the image."""
    root = folder / "base"
    run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, root, MIRROR)
    # As in the image that it stands for: `python` is there, and pip may install beside the system's packages.
    (root / "usr/bin/python").symlink_to("python3")
    for marker in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        marker.unlink()
    for left in ("var/cache/apt/archives", "var/lib/apt/lists"):
        shutil.rmtree(root / left)
    container = buildah("from", "scratch")
    run("cp", "-a", f"{root}/.", buildah("mount", container))
    buildah("umount", container)
    buildah.commit(container, NAME)
    shutil.rmtree(root)
    return NAME
