"""Plans as trainers could write them, made up by Hypothesis."""

from hypothesis import strategies as st

from api.session_plans.parts import CommonStep, Notes
from api.session_plans.plan import Plan, Step
from api.session_plans.seed import SLIDES
from api.session_plans.steps import (
    BoardStep,
    CheckInStep,
    CirclesStep,
    CloseStep,
    Guide,
    PauseStep,
    PrivateStep,
    Prompt,
    RoundStep,
    RulesStep,
    SystemsStep,
    TakeHome,
    TalkStep,
)
from tests.vignettes.strategies import lines as short_lines
from tests.vignettes.strategies import slugs, sly

# Any letter or sign that a file can hold, with what YAML gives a meaning to, and blanks where they hurt.
_signs = st.sampled_from([*"-:#|>&*!%@`'\"{}[],?~ ", ": ", " #", "\n", "\n\n", "\n  ", "\t", "---"])
texts = st.lists(st.one_of(short_lines, sly, _signs), min_size=1, max_size=8).map("".join).map(str.strip).filter(bool)
lines = short_lines | sly
titles = lines.filter(lambda text: len(text) <= 80)
lengths = st.integers(min_value=5, max_value=480)
minutes = st.integers(min_value=1, max_value=240)


def some(of: st.SearchStrategy[str], at_least: int = 1) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(of, min_size=at_least, max_size=4).map(tuple)


notes = st.builds(Notes, say=some(texts), watch=some(texts), end=texts)
prompts = st.builds(Prompt, question=lines, examples=some(lines, 2), own_words=st.booleans())
cards = st.builds(TakeHome, title=titles, ending=lines)
guides = st.builds(
    Guide, lines=some(lines), seconds_each=st.integers(min_value=5, max_value=60), moving_shape=st.booleans()
)
asked = st.lists(st.sampled_from(["cues", "confidence", "reason", "circles"]), unique=True).map(tuple)


def step(kind: type[CommonStep], name: str, **own: st.SearchStrategy[object]) -> st.SearchStrategy[CommonStep]:
    return st.builds(
        kind,
        kind=st.just(name),
        title=titles,
        minutes=minutes | st.dictionaries(lengths, minutes, min_size=1, max_size=3),
        serves=st.lists(st.sampled_from(SLIDES), max_size=2).map(tuple),
        wall=texts,
        phone=texts,
        notes=notes,
        **own,
    )


steps: dict[str, st.SearchStrategy[CommonStep]] = {
    "talk": step(TalkStep, "talk", source=st.none() | lines),
    "rules": step(RulesStep, "rules", rules=some(lines)),
    "check_in": step(CheckInStep, "check_in", questions=some(lines)),
    "board": step(BoardStep, "board", headings=some(titles)),
    "systems": step(SystemsStep, "systems", brain_links=st.booleans(), together=st.booleans()),
    "round": step(RoundStep, "round", vignette=slugs, second_vote=st.booleans(), ask=asked),
    "circles": step(CirclesStep, "circles", prompts=some(lines)),
    "private": step(
        PrivateStep,
        "private",
        prompts=st.lists(prompts, min_size=1, max_size=3).map(tuple),
        card=st.none() | cards,
    ),
    "pause": step(PauseStep, "pause", guide=st.none() | guides, instead=some(lines)),
    "close": step(CloseStep, "close", summary=some(lines), goodbye=texts, signposting=st.booleans()),
}


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan that can be written, good or not."""
    drawn: list[Step] = draw(st.lists(st.one_of(*steps.values()), min_size=1, max_size=4))
    return Plan(
        slug=draw(slugs),
        title=draw(titles),
        audience=draw(st.sampled_from(["psychoeducation", "training"])),
        who_for=draw(texts),
        aim=draw(texts),
        lengths=tuple(draw(st.lists(lengths, min_size=1, max_size=3))),
        before=draw(some(lines)),
        sources=draw(some(lines)),
        authors=draw(some(lines)),
        licence=draw(lines),
        steps=tuple(drawn),
    )
