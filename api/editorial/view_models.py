"""A vignette as its trainers see it: the whole case with its key."""

from dataclasses import dataclass

from api.kit.systems import SYSTEMS, Answer, System
from api.vignettes.case import Case
from api.vignettes.codebook import topic_name
from api.vignettes.view_models import ExplanationView, view_explanation


@dataclass(frozen=True, slots=True)
class TrainerVignetteView:
    """The whole case with its key, and what is reconstructed in it; `blend` gives low and high in percent."""

    explanation: ExplanationView
    dominant: System
    secondary: System | None
    acceptable: tuple[Answer, ...]
    blend: tuple[tuple[System, int, int], ...]
    reconstructed: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    authors: tuple[str, ...]
    licence: str
    tags: tuple[str, ...]
    skills: tuple[str, ...]


def view_whole(case: Case) -> TrainerVignetteView:
    head = case.head
    return TrainerVignetteView(
        explanation=view_explanation(case),
        dominant=head.key.dominant,
        secondary=head.key.secondary,
        acceptable=tuple(case.acceptable),
        blend=tuple((system, *getattr(head.key.blend, system)) for system in SYSTEMS),
        reconstructed=tuple((lost.text, lost.note) for lost in head.reconstructed),
        sources=tuple(head.sources),
        authors=tuple(head.authors),
        licence=head.licence,
        tags=tuple(head.tags),
        skills=tuple(topic_name(skill) for skill in head.skills),
    )
