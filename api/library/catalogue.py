"""The published library in memory: what every request reads. It is replaced whole, never changed in place."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.library.case import Case


@dataclass(frozen=True, slots=True, eq=False)
class Vignette:
    """A published vignette with its keys in the database."""

    id: int
    version: int
    series: int
    origin: str
    case: Case

    @property
    def slug(self) -> str:
        return self.case.head.slug


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Published vignettes by slug, in the order of the library; and the files that could not be loaded."""

    vignettes: Mapping[str, Vignette]
    problems: tuple[str, ...] = ()
