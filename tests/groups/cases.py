"""The known vignettes, read."""

from api.vignettes.case import Case
from api.vignettes.reading import read
from tests.cast import ANA_FILE, BEN_FILE, CLEO_FILE


def _case(text: str) -> Case:
    case, faults = read(text)
    assert case is not None, faults
    return case


ANA_CASE = _case(ANA_FILE)
BEN_CASE = _case(BEN_FILE)
CLEO_CASE = _case(CLEO_FILE)
