"""What anyone may make without an account: learners, groups, members, codes for another device.

Each is bounded by minute and by day for a network, with room for a school, and nothing new begins while the disk is
nearly full: anyone who is in goes on answering on what is left.
"""

import shutil
from typing import Final

from fastapi import Request

from api.kit.errors import Busy
from api.web.dependencies import settings_of
from api.web.rate_limit import (
    DEVICE_CODES_PER_ADDRESS,
    DEVICE_CODES_PER_ADDRESS_A_DAY,
    GROUPS_PER_ADDRESS,
    GROUPS_PER_ADDRESS_A_DAY,
    JOINS_PER_ADDRESS,
    JOINS_PER_ADDRESS_A_DAY,
    LEARNERS_PER_ADDRESS,
    LEARNERS_PER_ADDRESS_A_DAY,
    take_from,
)

LEAST_FREE: Final = 256 * 1024 * 1024  # bytes; about 300,000 votes
LEAST_SHARE: Final = 0.05  # of a small disk instead


async def take_learner(request: Request) -> None:
    """Counts a new learner. Raises TooMany, or Busy while the disk is nearly full."""
    needs_space(request)
    await take_from(request, LEARNERS_PER_ADDRESS)
    await take_from(request, LEARNERS_PER_ADDRESS_A_DAY)


async def take_group(request: Request, *kind: str) -> None:
    """Counts a new group, or where `kind` says so a class. Raises TooMany, or Busy while the disk is nearly full."""
    needs_space(request)
    await take_from(request, GROUPS_PER_ADDRESS, *kind)
    await take_from(request, GROUPS_PER_ADDRESS_A_DAY, *kind)


async def take_join(request: Request) -> None:
    """Counts a new member. Raises TooMany."""
    await take_from(request, JOINS_PER_ADDRESS)
    await take_from(request, JOINS_PER_ADDRESS_A_DAY)


async def take_device_code(request: Request) -> None:
    """Counts a new code for another device. Raises TooMany."""
    await take_from(request, DEVICE_CODES_PER_ADDRESS)
    await take_from(request, DEVICE_CODES_PER_ADDRESS_A_DAY)


def needs_space(request: Request) -> None:
    """Raises Busy while the disk of an embedded database is nearly full; a database server watches its own."""
    settings = settings_of(request)
    if not settings.embedded:
        return
    disk = shutil.disk_usage(settings.data_dir)
    if disk.free < min(LEAST_FREE, disk.total * LEAST_SHARE):
        raise Busy(
            "The server’s disk is nearly full, so nothing new can be started. Groups and practice sessions that "
            "have started can continue. Please tell the person who runs this server."
        )
