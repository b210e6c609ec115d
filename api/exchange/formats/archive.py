"""Zip files: packed the same way each time, and unpacked with a limit on all that a hostile one could stretch."""

import re
import stat
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from itertools import pairwise
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

from api.exchange.formats.rows import Refused
from api.kit.plain_text import is_plain

MOST_ENTRIES = 20_000
LARGEST_UNPACKED = 64 * 1024 * 1024  # bytes; ten thousand case files are half of it
LARGEST_RATIO = 200  # text packs to a fifth, a table of the same row again and again to a fiftieth
_RATIO_MATTERS = 1024 * 1024  # bytes; a small file may be packed as tightly as it can
_SHORTEST_HEAD = 30  # bytes before an entry's name
_DOS = 0  # where a zip says that it was made
_CHUNK = 64 * 1024
_PACKED = re.compile(rb"PK\x03\x04|PK\x05\x06|\x1f\x8b|BZh[1-9]|\xfd7zXZ|7z\xbc\xaf|Rar!")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # a fixed time, so that the same cases give the same bytes


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by name, in their order."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, data in files.items():
            entry = ZipInfo(name, _LONG_AGO)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()


def unpack(data: bytes, wanted: Callable[[str], bool] = lambda _name: True) -> dict[str, bytes]:
    """The files of a zip by name, in its order, without folders; refused when anything about it is odd.

    Files that are not `wanted` by their names are passed over unread. Counts what really comes out, since the sizes
    that a zip tells of itself can lie.
    """
    if not data.startswith(b"PK"):
        raise Refused("The zip is damaged, or it is no zip. Create it again.")
    # Opening reads the whole directory, so its length is looked at first.
    if data.count(b"PK\x01\x02") > MOST_ENTRIES:
        raise Refused(f"The zip holds more than {MOST_ENTRIES:,} files. Split it into smaller files.")
    found: dict[str, bytes] = {}
    room = LARGEST_UNPACKED
    try:
        with ZipFile(BytesIO(data)) as archive:
            for entry in _sound(archive.infolist()):
                if not wanted(entry.filename):
                    continue
                if entry.filename in found:
                    raise Refused(f"The zip holds {_shown(entry.filename)} twice.")
                content = _read(archive, entry, room)
                if _PACKED.match(content):
                    raise Refused(
                        f"The zip contains another archive, {_shown(entry.filename)}. Unpack it and try again."
                    )
                room -= len(content)
                found[entry.filename] = content
    # Broken archives make zipfile raise these and, from odd extra fields, the rest.
    except (BadZipFile, ZlibError, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("The zip is damaged or was cut off on its way. Create it again, then send it again.") from None
    return found


def _sound(entries: list[ZipInfo]) -> Iterator[ZipInfo]:
    if len(entries) > MOST_ENTRIES:
        raise Refused(f"The zip holds more than {MOST_ENTRIES:,} files. Split it into smaller files.")
    # Entries that share bytes are a bomb in one layer; not every Python refuses them (CVE-2024-0450).
    placed = sorted(entries, key=lambda entry: entry.header_offset)
    for entry, following in pairwise(placed):
        if entry.header_offset + _SHORTEST_HEAD + entry.compress_size > following.header_offset:
            raise Refused("The zip is damaged: files in it overlap. Please pack it again.")
    for entry in entries:
        mode = entry.external_attr >> 16
        if entry.create_system == _DOS:  # some of its programs write the backslashes of their own folders
            entry.filename = entry.filename.replace("\\", "/")
        name = entry.filename
        odd = not name or name.startswith("/") or "\\" in name or "\0" in entry.orig_filename
        if odd or re.match(r"[A-Za-z]:", name) or ".." in name.split("/") or not is_plain(name):
            raise Refused(f"The zip holds a file whose name leads elsewhere: {_shown(entry.orig_filename)}.")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Refused(f"The zip holds a link or device, {_shown(name)}, and no plain file.")
        if entry.flag_bits & 1:
            raise Refused("The zip has a password. Create it again without one.")
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Refused("The zip is packed in a way that is not read here; please pack it in the usual way.")
        if not entry.is_dir():
            yield entry


def _read(archive: ZipFile, entry: ZipInfo, room: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    with archive.open(entry) as stream:
        while part := stream.read(_CHUNK):
            size += len(part)
            if size > room:
                raise Refused(
                    f"The zip unpacks to more than {LARGEST_UNPACKED // 2**20} MB. Split it into smaller files."
                )
            if size > _RATIO_MATTERS and size > LARGEST_RATIO * max(1, entry.compress_size):
                raise Refused(f"The zip holds {_shown(entry.filename)}, which is packed more tightly than text can be.")
            parts.append(part)
    return b"".join(parts)


def _shown(name: str) -> str:
    return "“" + "".join(letter if letter.isprintable() else "?" for letter in name[:60]) + "”"
