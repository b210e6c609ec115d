"""A vignette as a question with answers and feedback, for programs that know only those: HTML and plain words."""

from dataclasses import dataclass

from markupsafe import escape

from api.kit.prose import html
from api.kit.systems import ANSWERS, NAME, Answer
from api.vignettes.case import Case


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: what it is called, whether the key accepts it, and what is said to anyone who chose it, as HTML."""

    answer: Answer
    name: str
    accepted: bool
    feedback: str


def story_html(case: Case) -> str:
    """The story's paragraphs, before them the content note if there is one."""
    note = f"<p><em>This story {escape(case.head.content_note)}.</em></p>" if case.head.content_note else ""
    return note + "".join(f"<p>{escape(paragraph)}</p>" for paragraph in case.story.split("\n\n"))


def choices(case: Case) -> list[Choice]:
    """The four answers, in the order in which they are always shown."""
    return [Choice(answer, NAME[answer], answer in case.acceptable, _feedback(case, answer)) for answer in ANSWERS]


def key_html(case: Case) -> str:
    """Which answers fit, why, and what could be talked about."""
    names = " or ".join(NAME[answer] for answer in ANSWERS if answer in case.acceptable)
    questions = "".join(f"<li>{escape(question)}</li>" for question in case.questions)
    return (
        f"<p><strong>{names}</strong></p>{html(case.why).strip()}"
        + (f"<p>To talk about</p><ul>{questions}</ul>" if questions else "")
        + f"<p>{escape(', '.join(case.head.authors))} · {escape(case.head.licence)}</p>"
    )


def _feedback(case: Case, answer: Answer) -> str:
    """Why someone might choose it. Everyone is told why the key says so, so its own answer needs nothing more."""
    if answer == "unsure":
        return "<p>The text leaves room here.</p>" if "unsure" in case.acceptable else ""
    return "" if answer == case.head.key.dominant else str(html(case.others.get(answer, ""))).strip()
