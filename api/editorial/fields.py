"""The fields of the editor's page, as browsers send them. Nothing typed is refused: what cannot be, stays as it was."""

from typing import Literal, get_args

from pydantic import BaseModel

from api.editorial.compose import CaseForm, compose, form_of
from api.editorial.undecided import Choice
from api.kit.errors import Unprocessable
from api.kit.systems import ANSWERS, SYSTEMS
from api.vignettes.case import About, Blend
from api.vignettes.codebook import SKILLS

Tab = Literal["write", "source"]


class Fields(BaseModel):
    """Either tab. `base` is the file that the form was made of, `etag` the mark of the text that it began with."""

    tab: Tab = "write"
    etag: str = ""
    choice: Literal["", "keep", "beside"] = ""
    source: str = ""
    base: str = ""
    title: str = ""
    person: str = ""
    level: str = ""
    dominant: str = ""
    secondary: str = ""
    acceptable: list[str] = []
    threat_low: str = ""
    threat_high: str = ""
    drive_low: str = ""
    drive_high: str = ""
    soothing_low: str = ""
    soothing_high: str = ""
    content_note: str = ""
    tags: str = ""
    skills: list[str] = []
    gender: str = ""
    age: str = ""
    work: str = ""
    family: str = ""
    ethnicity: str = ""
    disability: str = ""
    income: str = ""
    story: str = ""
    why: str = ""
    other_threat: str = ""
    other_drive: str = ""
    other_soothing: str = ""
    questions: str = ""


def source_of(fields: Fields) -> str:
    """The case file that these fields mean. Raises Unprocessable when the file they began with cannot be read."""
    if fields.tab == "source" or fields.choice:
        return fields.source
    before = form_of(fields.base)
    if before is None:
        raise Unprocessable(
            "This story cannot be shown as a form because its text has errors. Fix them in the Source tab first."
        )
    return compose(_form(fields, before), fields.base)


def _form(fields: Fields, before: CaseForm) -> CaseForm:
    level = {"1": 1, "2": 2, "3": 3}.get(fields.level, before.level)
    dominant = next((system for system in SYSTEMS if system == fields.dominant), before.dominant)
    return CaseForm(
        title=fields.title,
        person=fields.person,
        level=level,
        dominant=dominant,
        secondary=next((system for system in SYSTEMS if system == fields.secondary), None),
        acceptable=tuple(answer for answer in ANSWERS if answer in fields.acceptable),
        blend=_blend(fields, before.blend),
        content_note=fields.content_note,
        tags=tuple(fields.tags.split(",")),
        skills=tuple(skill for skill in fields.skills if skill in SKILLS or skill in before.skills),
        about=_about(fields, before.about),
        # Anyone who presses Enter once means a new paragraph; the page shows a paragraph in one line.
        story="\n\n".join(line.strip() for line in fields.story.split("\n") if line.strip()),
        why=fields.why,
        others={"threat": fields.other_threat, "drive": fields.other_drive, "soothing": fields.other_soothing},
        questions=tuple(fields.questions.splitlines()),
        open=tuple(choice for choice in before.open if not _chosen(fields, choice)),
    )


def _chosen(fields: Fields, choice: Choice) -> bool:
    """Whether the form makes a choice that was open before."""
    if choice == "level":
        return fields.level in ("1", "2", "3")
    if choice == "dominant":
        return fields.dominant in SYSTEMS
    sizes = (getattr(fields, f"{system}_{end}") for system in SYSTEMS for end in ("low", "high"))
    return any(size.strip().isdecimal() for size in sizes)


def _blend(fields: Fields, before: Blend) -> Blend:
    def percent(name: str, was: int) -> int:
        typed = str(getattr(fields, name)).strip()
        return min(100, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 6 else was

    return Blend(**{
        system: [
            percent(f"{system}_low", getattr(before, system)[0]),
            percent(f"{system}_high", getattr(before, system)[1]),
        ]
        for system in SYSTEMS
    })  # fmt: skip


def about_choices() -> dict[str, tuple[str, ...]]:
    """What each field of `about` can be."""
    return {name: get_args(field.annotation) for name, field in About.model_fields.items()}


def _about(fields: Fields, before: About) -> About:
    known = about_choices()
    typed = {name: value for name in known if (value := getattr(fields, name)) in known[name]}
    return About.model_validate(before.model_dump() | typed)
