"""What the templates of plans show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.session_plans.checking import LEVELS
from api.session_plans.editor.arranging import keys_of, title_of
from api.session_plans.editor.fields import KIND_NAME, PLAN_FIELDS, Field, prompt_fields, step_fields
from api.session_plans.editor.forms import Minutes, prompts_in, shown, shown_minutes
from api.session_plans.editor.previewing import step_as_far
from api.session_plans.editor.sheet import PlanDraft, Sum, minutes_of, sums
from api.session_plans.editor.telling import Note, count, messages_for
from api.session_plans.faces import Live, StepFace, face
from api.session_plans.signposting import Signposting
from api.session_plans.steps import RoundStep
from api.vignettes.case import Case
from api.vignettes.catalogue import Vignette

AUDIENCE_NAME: Final = {"psychoeducation": "for clients (psychoeducation)", "training": "for training"}


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in the list. `minutes`: for each length its minutes, None where it takes no part."""

    number: int
    key: str
    title: str
    kind: str
    minutes: tuple[tuple[int, int | None], ...]
    faults: int
    advice: int


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of a form with what stands in it and what the check says of it. `prompts` are questions to oneself."""

    field: Field
    values: tuple[str, ...]
    notes: tuple[Note, ...]
    choices: tuple[tuple[str, str], ...] = ()
    minutes: Minutes | None = None
    prompts: tuple[tuple["FieldView", ...], ...] = ()


@dataclass(frozen=True, slots=True)
class GroupView:
    """Fields that belong together, under a heading or none."""

    heading: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class StepForm:
    """The form of one step; no groups where its kind is unknown. `others` are notes that belong to no field."""

    groups: tuple[GroupView, ...]
    others: tuple[Note, ...]
    faults: int

    @property
    def slots(self) -> tuple[FieldView, ...]:
        """Every field that can carry notes."""
        flat = [view for group in self.groups for view in group.fields]
        return (*flat, *(view for each in flat for prompt in each.prompts for view in prompt))


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with its steps in a list, and what they add up to."""

    title: str
    audience: str
    who_for: str
    aim: str
    before: tuple[str, ...]
    sources: tuple[str, ...]
    lengths: tuple[int, ...]
    lines: tuple[StepLine, ...]
    sums: tuple[Sum, ...]


def view_plan(sheet: PlanDraft) -> PlanView:
    data = sheet.data or {}
    return PlanView(
        title=sheet.title,
        audience=AUDIENCE_NAME.get(str(data.get("audience")), ""),
        who_for=_text(data.get("who_for")),
        aim=_text(data.get("aim")),
        before=_texts(data.get("before")),
        sources=_texts(data.get("sources")),
        lengths=tuple(sheet.lengths),
        lines=tuple(_lines(sheet)),
        sums=sums(sheet),
    )


def view_about(sheet: PlanDraft) -> StepForm:
    """The form of the plan's own fields."""
    told = messages_for(sheet, (), PLAN_FIELDS)
    fields = tuple(
        FieldView(field, tuple(shown(field, sheet.data)), tuple(told.fields.get(field.name, ())), field.choices)
        for field in PLAN_FIELDS
    )
    return StepForm((GroupView("", fields),), tuple(told.others), told.faults)


def view_step(sheet: PlanDraft, number: int, vignettes: Mapping[str, Vignette]) -> StepForm:
    """The form of the step at this place, counted from 0."""
    step = sheet.steps[number]
    fields = step_fields(step.get("kind") if isinstance(step, dict) else None)
    prompts = [prompt_fields(place) for place in range(prompts_in(step) + 1)]
    inner = [field for prompt in prompts for field in prompt] if any(f.widget == "prompts" for f in fields) else []
    told = messages_for(sheet, ("steps", number), [*fields, *inner])

    def view(field: Field, data: Any = step) -> FieldView:
        notes = tuple(told.fields.get(field.name, ()))
        if field.widget == "minutes":
            return FieldView(field, (), notes, minutes=shown_minutes(data, sheet.lengths))
        if field.widget == "prompts":
            return FieldView(field, (), notes, prompts=tuple(tuple(map(view, prompt)) for prompt in prompts))
        values = tuple(shown(field, data))
        choices = _stories(sheet, values, vignettes) if field.name == "vignette" else field.choices
        return FieldView(field, values, notes, choices)

    groups: dict[str, list[FieldView]] = {}
    for field in fields:
        groups.setdefault(field.group, []).append(view(field))
    return StepForm(
        tuple(GroupView(heading, tuple(views)) for heading, views in groups.items()), tuple(told.others), told.faults
    )


def view_face(written: Any, vignettes: Mapping[str, Vignette], signposting: Signposting | None) -> StepFace | None:
    """The previews of a step as far as it is written; None where something has to be fixed first."""
    step = step_as_far(written)
    if step is None:
        return None
    case: Case | None = None
    if isinstance(step, RoundStep) and step.vignette in vignettes:
        case = vignettes[step.vignette].case
    return face(step, Live(signposting=signposting), case)


def kind_of(step: Any) -> str:
    """The name of a step's kind for people."""
    kind = step.get("kind") if isinstance(step, dict) else None
    return KIND_NAME.get(kind, "Unknown step type") if isinstance(kind, str) else "Unknown step type"


def _lines(sheet: PlanDraft) -> Sequence[StepLine]:
    steps, lengths = sheet.steps, sheet.lengths
    return [
        StepLine(
            number=number + 1,
            key=key,
            title=title_of(step),
            kind=kind_of(step),
            minutes=tuple((length, minutes_of(step, length)) for length in lengths),
            faults=(found := count(sheet, number))[0],
            advice=found[1],
        )
        for number, (step, key) in enumerate(zip(steps, keys_of(steps), strict=True))
    ]


def _stories(sheet: PlanDraft, values: Sequence[str], vignettes: Mapping[str, Vignette]) -> tuple[tuple[str, str], ...]:
    """The stories to choose from, those of a level that suits first; one that there is not stays a choice too."""
    fitting: tuple[int, ...] = LEVELS.get((sheet.data or {}).get("audience"), ())  # type: ignore[arg-type]
    ordered = sorted(vignettes.values(), key=lambda each: (each.case.head.level not in fitting, each.case.head.title))
    found = [(each.slug, f"{each.case.head.title} (level {each.case.head.level})") for each in ordered]
    here = values[0] if values else ""
    if here in vignettes:
        return tuple(found)
    return ((here, f"{here} (not in the library)") if here else ("", "Choose a story"), *found)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
