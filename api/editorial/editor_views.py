"""What the editor's templates show."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.editorial.advice import WritingAdvice, advise
from api.editorial.compose import CaseForm, form_of
from api.editorial.differences import next_to_each_other
from api.editorial.fields import Tab, about_choices
from api.editorial.similar import index_of
from api.editorial.texts import Text
from api.editorial.undecided import Choice, check_draft
from api.kit.systems import SYSTEMS, System
from api.kit.text_diff import SideBySide
from api.vignettes.case import Case
from api.vignettes.catalogue import Vignette
from api.vignettes.codebook import CUE_LABEL, PAIR_QUESTION
from api.vignettes.view_models import ExplanationView, view_explanation

CUES: dict[System, tuple[tuple[str, str], ...]] = {
    system: tuple((cue, label) for cue, label in CUE_LABEL.items() if cue.startswith(system)) for system in SYSTEMS
}


@dataclass(frozen=True, slots=True)
class LookView:
    """The page as learners will see it; None when the text cannot be read. Unless a key is `chosen`, only its story."""

    explanation: ExplanationView | None
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class EditorView:
    """The editor. `form` is None when the text cannot be shown as a form, `theirs` someone else's text to look at.

    `whose` is the trainer's number, under which the browser keeps what is not saved.
    """

    slug: str
    title: str
    tab: Tab
    status: str
    version: int
    revision: int
    etag: str
    whose: int
    source: str
    form: CaseForm | None
    look: LookView
    counsel: WritingAdvice
    theirs: tuple[SideBySide, ...] | None
    cues: Mapping[System, tuple[tuple[str, str], ...]]
    pairs: Mapping[str, str]
    about: Mapping[str, tuple[str, ...]]
    odd_skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Two texts of one vignette, of which one is not saved."""

    slug: str
    tab: Tab
    who: str | None
    mine: str
    theirs: str
    etag: str
    whose: int
    differences: tuple[SideBySide, ...]


def view_look(case: Case | None, choices: tuple[Choice, ...] = ()) -> LookView:
    if case is None:
        return LookView(None)
    told = {system: text for system, text in case.others.items() if text}
    return LookView(view_explanation(case.model_copy(update={"others": told})), "dominant" not in choices)


def get_advice(text: Text, vignettes: Mapping[str, Vignette]) -> WritingAdvice:
    alike = index_of(vignettes).nearest(text.case) if text.case else None
    return advise(text.case, text.faults, alike, text.open)


def view_editor(
    text: Text, tab: Tab, whose: int, vignettes: Mapping[str, Vignette], mine: str | None = None
) -> EditorView:
    """The editor on a text; with `mine` on another text that is not saved, with the saved one beside it."""
    source, case, faults, choices = text.source, text.case, list(text.faults), text.open
    if mine is not None:
        source = mine
        case, faults, choices = check_draft(mine, text.slug)
    form = form_of(source)
    alike = index_of(vignettes).nearest(case) if case else None
    return EditorView(
        slug=text.slug,
        title=case.head.title if case else text.slug,
        tab=tab if form is not None else "source",
        status=text.status,
        version=text.version,
        revision=text.revision,
        etag=text.etag,
        whose=whose,
        source=source,
        form=form,
        look=view_look(case, choices),
        counsel=advise(case, faults, alike, choices),
        theirs=next_to_each_other(mine, text.source) if mine is not None else None,
        cues=CUES,
        pairs=PAIR_QUESTION,
        about=about_choices(),
        odd_skills=tuple(s for s in form.skills if s not in CUE_LABEL and s not in PAIR_QUESTION) if form else (),
    )
