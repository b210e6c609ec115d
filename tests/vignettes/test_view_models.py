"""How a story is cut up for the page."""

from hypothesis import given

from api.kit.prose import html
from api.vignettes.case import Case
from api.vignettes.view_models import view_cues, view_story
from tests.vignettes.strategies import cases


@given(cases())
def test_the_segments_of_a_story_join_to_the_story(case: Case) -> None:
    paragraphs = view_story(case, view_cues(case))

    assert "\n\n".join("".join(segment.text for segment in paragraph) for paragraph in paragraphs) == case.story


@given(cases())
def test_every_cue_is_shown_once_and_numbered_in_the_order_of_the_story(case: Case) -> None:
    paragraphs = view_story(case, view_cues(case))

    shown = [segment.cue for paragraph in paragraphs for segment in paragraph if segment.cue]
    assert [cue.number for cue in shown] == list(range(1, len(case.cues) + 1))
    assert all(case.story[cue.start : cue.end] == cue.text for cue in shown)


def test_prose_keeps_emphasis_and_drops_everything_that_could_do_harm() -> None:
    text = "*yes* <script>alert(1)</script> [link](javascript:x) <b onclick=x>no</b> ![x](y) <img src=x>"

    shown = str(html(text))

    assert "<em>yes</em>" in shown
    for harm in ("<script", "href", "<b", "<img", "<a"):
        assert harm not in shown
