"""What a learner may see of a story before answering."""

from pydantic import BaseModel, Field

from api.vignettes.catalogue import Vignette


class VignetteOut(BaseModel):
    """A vignette as a learner may see it before answering."""

    slug: str
    title: str
    person: str
    text: str = Field(description="The story. An empty line separates paragraphs.")
    level: int
    content_note: str | None
    question: str
    version: int


def public_fields(vignette: Vignette) -> dict[str, object]:
    """What a learner may see of a vignette before answering."""
    head = vignette.case.head
    return {
        "slug": head.slug,
        "title": head.title,
        "person": head.person,
        "text": vignette.case.story,
        "level": head.level,
        "content_note": head.content_note,
        "question": vignette.case.question,
        "version": vignette.version,
    }
