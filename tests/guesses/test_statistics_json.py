"""Parts of an outcome are written by hand: they say what the model says."""

import json

from hypothesis import given
from hypothesis import strategies as st

from api.guesses.outcome import Explanation, _explanation_json, _statistics_json, explain
from api.stats.answer_shares import ClassStatistics, class_statistics
from api.vignettes.reading import read
from tests.cast import ANA_FILE

counts = st.tuples(*[st.integers(0, 100_000)] * 4)


@given(counts)
def test_class_statistics_written_by_hand_equal_the_model(drawn: tuple[int, int, int, int]) -> None:
    written = ClassStatistics.model_validate_json(_statistics_json(drawn, 5))

    assert written == class_statistics(drawn, 5)


def test_they_name_the_fields_of_the_model_and_no_others() -> None:
    written = json.loads(_statistics_json((3, 4, 0, 1), 5))

    assert written == json.loads(class_statistics((3, 4, 0, 1), 5).model_dump_json())


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 40)).map(lambda span: (span[0], sum(span))), max_size=5))
def test_an_explanation_put_together_equals_the_model(marked: list[tuple[int, int]]) -> None:
    case, _ = read(ANA_FILE)
    assert case is not None

    assert _explanation_json(case, marked).decode() == explain(case, marked).model_dump_json()
    assert Explanation.model_validate_json(_explanation_json(case, marked)).summary == case.why
