"""Where the fixtures stand, and how much is tried."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ("tests.databases", "tests.client", "tests.live", "tests.disks", "tests.faults")

settings.register_profile(
    "three-circles", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("three-circles")
