"""Cases as authors could write them, made up by Hypothesis."""

from typing import get_args

from hypothesis import strategies as st

from api.kit.plain_text import tidy
from api.kit.systems import ANSWERS, SYSTEMS, System
from api.vignettes.case import About, Blend, Case, Cue, FrontMatter, Key, Reconstructed
from api.vignettes.codebook import CUE_LABEL, SKILLS

# No brackets, which mark cues, and no separators, which part words; otherwise any letter, sign or emoji.
_letters = st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn"), exclude_characters="[]{}#*-_`\ufeff")
words = st.text(_letters, min_size=1, max_size=8).map(tidy).filter(bool)
lines = st.lists(words, min_size=1, max_size=5).map(" ".join)
titles = lines.filter(lambda text: len(text) <= 40)
slugs = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)
prose = st.lists(lines, min_size=1, max_size=3).map("\n\n".join)
ranges = st.lists(st.integers(min_value=0, max_value=100), min_size=2, max_size=2)
# What YAML would read as something else than text has to come back as text.
sly = st.sampled_from(["yes", "null", "1", "1e3", "2026-11-23", "~", "a: b", "# a", "- a", "'", '"', "&a", "*a", "%"])

abouts = st.fixed_dictionaries(
    {name: st.sampled_from(get_args(field.annotation)) for name, field in About.model_fields.items()}
).map(About.model_validate)


@st.composite
def heads(draw: st.DrawFn) -> FrontMatter:
    """Any front matter; Hypothesis fills what has a closed set of values."""
    dominant: System = draw(st.sampled_from(SYSTEMS))
    text = lines | sly
    return FrontMatter(
        slug=draw(slugs),
        title=draw(titles | sly),
        person=draw(titles | sly),
        level=draw(st.integers(min_value=1, max_value=3)),
        key=Key(
            dominant=dominant,
            secondary=draw(st.none() | st.sampled_from(SYSTEMS)),
            acceptable=draw(st.lists(st.sampled_from(ANSWERS), unique=True)),
            blend=Blend(threat=draw(ranges), drive=draw(ranges), soothing=draw(ranges)),
        ),
        content_note=draw(st.none() | text),
        tags=draw(st.lists(text, max_size=3)),
        skills=draw(st.lists(st.sampled_from(sorted(SKILLS)), max_size=3)),
        about=draw(abouts),
        reconstructed=draw(st.lists(st.builds(Reconstructed, text=text, note=text), max_size=2)),
        sources=draw(st.lists(text, max_size=2)),
        authors=draw(st.lists(text, min_size=1, max_size=2)),
        licence=draw(text),
    )


@st.composite
def stories(draw: st.DrawFn) -> tuple[str, list[Cue]]:
    """A story with spans that stand side by side and never cross, each within its paragraph."""
    story, cues = "", list[Cue]()
    for number, paragraph in enumerate(
        draw(st.lists(st.lists(words, min_size=1, max_size=12), min_size=1, max_size=3))
    ):
        story += "\n\n" if number else ""
        cuts = sorted(draw(st.sets(st.integers(min_value=0, max_value=len(paragraph)), max_size=6)))
        starts = [len(story) + sum(len(word) + 1 for word in paragraph[:place]) for place in range(len(paragraph))]
        story += " ".join(paragraph)
        cues += [
            Cue(
                start=starts[first],
                end=starts[last - 1] + len(paragraph[last - 1]),
                type=draw(st.sampled_from(sorted(CUE_LABEL))),
                strength=draw(st.sampled_from(["clear", "partial"])),
                polarity=draw(st.sampled_from(["present", "absent"])),
            )
            for first, last in zip(cuts[::2], cuts[1::2], strict=False)
        ]
    return story, cues


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any case that can be written, good or not."""
    head = draw(heads())
    story, cues = draw(stories())
    others = draw(st.dictionaries(st.sampled_from(SYSTEMS), prose))
    return Case(
        head=head, story=story, cues=cues, why=draw(prose), others=others, questions=draw(st.lists(lines, max_size=3))
    )
