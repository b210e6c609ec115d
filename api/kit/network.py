"""Where other devices find this machine."""

import ipaddress
import socket
from urllib.parse import urlsplit

_ELSEWHERE = ("192.0.2.1", 9)  # of a network that is never used: the system only has to say how it would get there
_PATIENCE = 0.3  # seconds until a port of this very machine has answered


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone: phones that are told such an address ask themselves."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def network_address() -> str | None:
    """This machine's address in its network; None where it is in none. Nothing is sent to find out."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_ELSEWHERE)
            found = str(probe.getsockname()[0])
    except OSError:
        return None
    return None if is_loopback(found) or found == "0.0.0.0" else found  # noqa: S104  # compared, not bound


def reachable_base(base: str, listening: int | None) -> tuple[str | None, bool]:
    """For a loopback `base`, the same at this machine's address in its network, and whether it answers there.

    (None, False) where `base` is no loopback address, names another port than the one this server listens on (the one
    who asks may write any port into it, and is told nothing of that one), or the machine is in no network.
    """
    parts = urlsplit(base)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if not is_loopback(parts.hostname or "") or port != listening or (address := network_address()) is None:
        return None, False
    try:
        with socket.create_connection((address, port), _PATIENCE):
            answers = True
    except OSError:
        answers = False
    return f"{parts.scheme}://{address}:{port}", answers
