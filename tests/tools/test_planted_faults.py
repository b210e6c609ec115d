"""The planted faults can still be planted: each text stands in one place, and the tests named for it are there."""

import pytest

from tests.tools.planted_faults import FAULTS, ROOT, Fault, places_of


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_has_one_place_and_tests_to_catch_it(fault: Fault) -> None:
    assert len(places_of(fault, ROOT)) == 1
    assert fault.old != fault.new
    assert [name for name in fault.tests.split() if not (ROOT / name).is_file()] == []
