"""The gentle examples of Building soothing."""

from api.private_pages.view_models import PROMPTS


def test_each_question_has_many_examples_that_differ_and_fit_on_a_card() -> None:
    for prompt in PROMPTS:
        assert len(set(prompt.examples)) == len(prompt.examples) >= 8
        assert all(len(example) <= 60 for example in prompt.examples)
