"""Disk, permissions and limits of this machine."""

import os
import resource
import shutil
from pathlib import Path

from api.kit.settings import Settings
from api.operations.archive import KEY
from api.operations.findings import Finding, good, notice, trouble

LOW, LITTLE = 200_000_000, 1_000_000_000  # bytes free
FEW_FILES, SOME_FILES = 1_000, 10_000  # open at once: each phone that follows a group holds one
LAST_FILES = 0.02  # share of a file system's files that may still be made
# File systems over a network do not keep the promises that SQLite's write-ahead log needs.
_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "glusterfs", "ceph")


def look_at_machine(settings: Settings) -> list[Finding]:
    folder = settings.data_dir.resolve()
    if not folder.is_dir():
        about = "Data folder"
        if settings.embedded or not settings.secret_key:
            act = "Set THREE_CIRCLES_DATA_DIR to the server's folder, or start the server once to create it."
            return [trouble(about, f"{folder} does not exist.", act), look_at_files(_own_limit())]
        return [good(about, "none is needed."), look_at_files(_own_limit())]
    return [
        look_at_disk(folder),
        look_at_folder(folder),
        look_at_key(settings, folder),
        *([look_at_file_system(folder)] if settings.embedded else []),
        look_at_files(_own_limit()),
    ]


def look_at_disk(folder: Path) -> Finding:
    about = "Disk"
    usage, system = shutil.disk_usage(folder), os.statvfs(folder)
    told = f"{usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB are free for {folder}."
    act = "Free some space, or move the folder to a larger disk. When the disk is full, answers are refused."
    if system.f_files and system.f_favail < LAST_FILES * system.f_files:
        return trouble(about, f"almost no new files can be created in {folder}.", act)
    if usage.free < LOW:
        return trouble(about, told, act)
    if usage.free < LITTLE:
        return notice(about, told, act)
    return good(about, told)


def look_at_folder(folder: Path) -> Finding:
    about = "Data folder"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        act = f"Run this as the server's user, or give that user the folder: chown -R USER {folder}."
        return trouble(about, f"{folder} cannot be written to by this user.", act)
    if folder.stat().st_mode & 0o077:
        act = f"Run chmod 700 {folder}, so that other users of this machine cannot read what people wrote."
        return notice(about, f"other users of this machine can read {folder}.", act)
    return good(about, f"{folder} can be read by its owner only.")


def look_at_key(settings: Settings, folder: Path) -> Finding:
    about = "Signing key"
    if settings.secret_key:
        return good(about, "it comes from the settings.")
    path = folder / KEY
    if not path.exists():
        return notice(about, "there is none yet.", "The server creates it at its first start.")
    if path.stat().st_mode & 0o077:
        act = f"chmod 600 {path}. Anyone who has read it can sign in as anyone: if in doubt, delete it and restart."
        return trouble(about, f"other users of this machine can read {path}.", act)
    if not os.access(path, os.R_OK):
        return trouble(about, f"{path} cannot be read.", f"Give it to the server's user: chown USER {path}.")
    return good(about, f"only its owner can read {path}.")


def look_at_file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> Finding:
    about = "File system"
    kind, place = "", Path("/")
    if mounts.exists():
        for line in mounts.read_text().splitlines():
            _, mounted, name = line.split()[:3]
            if folder.is_relative_to(mounted) and Path(mounted).is_relative_to(place):
                kind, place = name, Path(mounted)
    if kind in _NETWORK:
        act = "Put THREE_CIRCLES_DATA_DIR on a disk of this machine, or use PostgreSQL."
        return trouble(about, f"{folder} is on a network ({kind}), where SQLite may lose what it has written.", act)
    return good(about, f"{folder} is on a disk of this machine.")


def look_at_files(limit: int, whose: str = "a process started here") -> Finding:
    about = "Open files"
    told = f"{whose} may open {limit:,}, and each phone in a group uses one."
    act = "Raise the limit: LimitNOFILE=65536 in the systemd unit, or ulimit -n 65536 before the start."
    if limit < FEW_FILES:
        return trouble(about, told, act)
    if limit < SOME_FILES:
        return notice(about, told, act)
    return good(about, told)


def _own_limit() -> int:
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 1_000_000 if soft == resource.RLIM_INFINITY else soft
