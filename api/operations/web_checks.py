"""The server as people reach it: does it answer, do streams come through at once, is the proxy known."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from urllib.parse import urlsplit

from api.kit.settings import Settings
from api.operations.clock import look_at_clock
from api.operations.findings import Finding, good, notice, trouble
from api.operations.machine_checks import look_at_files

PATIENCE = 10.0  # seconds
PROBE = "/healthz/stream"


@dataclass(frozen=True, slots=True)
class Probe:
    """A stream of two events, the second a second after the first, as it came here. Times in seconds."""

    first_after: float
    apart: float
    address: str
    forwarded: str
    scheme: str
    clock: float  # how far the server's is ahead


def look_at_web(settings: Settings, url: str, direct: str) -> list[Finding]:
    """`url` is what people type, `direct` the server behind the proxy; either may be empty."""
    if not url:
        act = "Add --url https://… (or set THREE_CIRCLES_PUBLIC_URL) to check the server the way that people reach it."
        return [notice("Address", "none was given, so the server was not checked.", act)]
    findings = [_look_at_address(settings, url)]
    try:
        through = probe(url)
    except (OSError, ValueError) as error:
        act = "Check that the server and the proxy are running, and that the address is right."
        return [*findings, trouble("Server", f"{url} does not respond as Three Circles does ({_reason(error)}).", act)]
    findings.append(good("Server", f"{url} answers."))
    findings.append(look_at_clock("the server", through.clock))
    own = None
    if direct:
        try:
            own = probe(direct)
        except (OSError, ValueError) as error:
            act = "Give --direct the address that three-circles serve listens on."
            findings.append(notice("Server itself", f"{direct} does not respond ({_reason(error)}).", act))
    findings.append(_look_at_buffering(through, own))
    findings.append(_look_at_proxy(settings, url, through))
    if limit := _limit_of(direct or url):
        findings.append(look_at_files(limit, "the server"))
    return findings


def probe(base: str) -> Probe:
    """Reads the server's test stream. Raises OSError or ValueError when there is none."""
    began = monotonic()
    with urllib.request.urlopen(_request(base + PROBE), timeout=PATIENCE) as answer:  # noqa: S310  # checked
        date = answer.headers.get("Date")
        seen = json.loads(_event(answer))
        first = monotonic()
        _event(answer)
        second = monotonic()
    server = parsedate_to_datetime(date) if date else datetime.now(UTC)
    # A header has whole seconds, and was written when the answer began.
    clock = (server - datetime.now(UTC)).total_seconds() + (second - first)
    return Probe(first - began, second - first, seen["address"], seen["forwarded"], seen["scheme"], clock)


def _request(url: str) -> urllib.request.Request:
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("it is not an http address")
    return urllib.request.Request(url)  # noqa: S310  # checked above


def _event(answer: object) -> str:
    """The data of the next event."""
    data = ""
    while line := answer.readline().decode():  # type: ignore[attr-defined]
        if line.startswith("data:"):
            data += line.removeprefix("data:").strip()
        elif not line.strip() and data:
            return data
    raise ValueError("the test stream ended early")


def _look_at_address(settings: Settings, url: str) -> Finding:
    about = "Address"
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        act = "Put a proxy with https in front of it, and set THREE_CIRCLES_PUBLIC_URL to its https address."
        return trouble(about, f"{url} is not https, so others on the network can read what people write.", act)
    named = urlsplit(settings.public_url)
    if settings.public_url and named.netloc.lower() != parts.netloc.lower():
        told = f"people would open {parts.netloc}, but the server only accepts {named.netloc}."
        act = (
            "Set THREE_CIRCLES_PUBLIC_URL to what people type, or use that for --url. Other names are refused with 400."
        )
        return trouble(about, told, act)
    if settings.public_url and settings.public_url.rstrip("/") != url.rstrip("/"):
        act = "Set THREE_CIRCLES_PUBLIC_URL to what people type. Links and QR codes contain it."
        return notice(about, f"{url} is not THREE_CIRCLES_PUBLIC_URL, {settings.public_url}.", act)
    return good(about, url)


def _look_at_buffering(through: Probe, own: Probe | None) -> Finding:
    """The events are sent a second apart; what holds a stream back delivers them together."""
    about = "Live updates"
    act = (
        "Turn off buffering and compression of text/event-stream in the proxy (nginx: proxy_buffering off; Caddy:"
        " flush_interval -1). Until then, phones do not keep up with the group."
    )
    if through.apart < 0.5:
        told = f"something in between delays live updates: two events sent 1 s apart came {through.apart:.1f} s apart"
        if own:
            told += f", and {own.apart:.1f} s apart from the server itself"
        return trouble(about, told + ".", act)
    return good(about, f"events come through at once ({through.first_after:.2f} s to the first).")


def _look_at_proxy(settings: Settings, url: str, through: Probe) -> Finding:
    about = "Proxy"
    if "*" in settings.trusted_proxies:
        act = "Name the proxy's address in THREE_CIRCLES_TRUSTED_PROXIES: otherwise any visitor can claim any address."
        return notice(about, "every address is trusted as a proxy.", act)
    if through.forwarded and through.address not in [part.strip() for part in through.forwarded.split(",")]:
        act = f"Set THREE_CIRCLES_TRUSTED_PROXIES={through.address}, if that is your proxy, and restart the server."
        told = "the server does not trust it, so all visitors seem to have its address and share one limit."
        return trouble(about, told, act)
    if urlsplit(url).scheme == "https" and through.scheme != "https":
        act = "Make the proxy send X-Forwarded-Proto, and name its address in THREE_CIRCLES_TRUSTED_PROXIES."
        return trouble(about, "the server does not know that people use https.", act)
    return good(about, "the server sees visitors’ own addresses." if through.forwarded else "there is none.")


def _limit_of(base: str) -> int | None:
    """How many files the server may hold, where it tells us."""
    try:
        with urllib.request.urlopen(_request(base + "/metrics"), timeout=PATIENCE) as answer:  # noqa: S310  # checked
            lines = answer.read().decode().splitlines()
    except (OSError, ValueError):
        return None
    return next((int(float(line.split()[1])) for line in lines if line.startswith("process_max_fds ")), None)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"it says {error.code}"
    return str(error.reason) if isinstance(error, urllib.error.URLError) else str(error) or type(error).__name__
