"""Looks at everything that an operator can set right."""

from api.kit.settings import Settings
from api.operations.broker_checks import look_at_broker
from api.operations.database_checks import look_at_database
from api.operations.findings import Finding
from api.operations.institution_checks import look_at_institutions
from api.operations.machine_checks import look_at_machine
from api.operations.web_checks import look_at_web


def examine(settings: Settings, url: str = "", direct: str = "") -> list[Finding]:
    """The findings on this machine, the database, the broker, the institutions, and the server as people reach it.

    `url` is the address that people type, `direct` that of the server itself behind a proxy.
    """
    return [
        *look_at_machine(settings),
        *look_at_database(settings),
        *look_at_broker(settings),
        *look_at_institutions(settings),
        *look_at_web(settings, url or settings.public_url, direct),
    ]
