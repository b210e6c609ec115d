"""Who may do what, cell by cell, and that every page and every verb asks the table."""

import pytest

from api.accounts.models import Trainer
from api.accounts.permissions import ACTIONS, PERMISSIONS, ROLES, Action, Role, may, require
from api.kit.errors import Forbidden
from api.persistence.engine import now

# Written down a second time, so that a slip of the hand in the table shows: y yes, o own, n no.
EXPECTED = """
                    trainer editor admin
see_library         y       y      y
write_draft         o       y      y
rate                y       y      y
submit_for_review   o       y      y
publish             n       y      y
retire              n       y      y
restore             n       y      y
import              n       y      y
export              y       y      y
lead_class          o       o      o
lead_panel          o       y      y
decide_key          n       y      y
write_plan          o       y      y
offer_plan          n       y      y
manage_people       n       n      y
change_settings     n       n      y
see_trail           n       n      y
"""
_head, *_rows = [line.split() for line in EXPECTED.strip().splitlines()]
CELLS = [(row[0], role, cell) for row in _rows for role, cell in zip(_head, row[1:], strict=True)]


def someone(role: str) -> Trainer:
    return Trainer(id=1, name="Ida", password_hash="-", role=role, created_at=now())


def test_the_table_has_a_cell_for_every_action_and_role_and_no_other() -> None:
    assert {(action, role) for action, role, _ in CELLS} == {(action, role) for action in ACTIONS for role in ROLES}
    assert set(PERMISSIONS) == set(ACTIONS)
    assert all(set(row) == set(ROLES) for row in PERMISSIONS.values())


@pytest.mark.parametrize(("action", "role", "cell"), CELLS)
@pytest.mark.parametrize("own", [True, False])
def test_a_cell_lets_do_what_it_says(action: Action, role: Role, cell: str, own: bool) -> None:
    allowed = {"y": True, "o": own, "n": False}[cell]

    assert may(someone(role), action, own=own) is allowed
    if allowed:
        require(someone(role), action, own=own)
    else:
        with pytest.raises(Forbidden) as refused:
            require(someone(role), action, own=own)
        assert refused.value.detail.endswith(".")


@pytest.mark.parametrize("action", ACTIONS)
def test_without_a_word_about_whose_it_is_a_thing_is_someone_elses(action: Action) -> None:
    for role in ROLES:
        assert may(someone(role), action) is may(someone(role), action, own=False)


@pytest.mark.parametrize("role", ["", "Admin", "owner"])
def test_a_role_that_no_one_knows_may_do_nothing(role: str) -> None:
    assert not any(may(someone(role), action, own=True) for action in ACTIONS)
