"""The class statistics of an outcome are written by hand: they say what the model says."""

import json

from hypothesis import given
from hypothesis import strategies as st

from api.guesses.outcome import _statistics_json
from api.stats.answer_shares import ClassStatistics, class_statistics

counts = st.tuples(*[st.integers(0, 100_000)] * 4)


@given(counts)
def test_class_statistics_written_by_hand_equal_the_model(drawn: tuple[int, int, int, int]) -> None:
    written = ClassStatistics.model_validate_json(_statistics_json(drawn, 5))

    assert written == class_statistics(drawn, 5)


def test_they_name_the_fields_of_the_model_and_no_others() -> None:
    written = json.loads(_statistics_json((3, 4, 0, 1), 5))

    assert written == json.loads(class_statistics((3, 4, 0, 1), 5).model_dump_json())
