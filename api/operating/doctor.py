"""Looks at everything that an operator can set right."""

from api.operating.broker_checks import look_at_broker
from api.operating.database_checks import look_at_database
from api.operating.findings import Finding
from api.operating.machine_checks import look_at_machine
from api.operating.web_checks import look_at_web
from api.settings import Settings


def examine(settings: Settings, url: str = "", direct: str = "") -> list[Finding]:
    """The findings on this machine, the database, the broker, and the server as people reach it.

    `url` is the address that people type, `direct` that of the server itself behind a proxy.
    """
    return [
        *look_at_machine(settings),
        *look_at_database(settings),
        *look_at_broker(settings),
        *look_at_web(settings, url or settings.public_url, direct),
    ]
