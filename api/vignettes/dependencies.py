"""What other routers ask of the library."""

from fastapi import Request

from api.kit.errors import NotFound
from api.vignettes.catalogue import Catalogue, Vignette


def find_retired(request: Request, slug: str) -> Vignette | None:
    """The vignette with this slug, where it was published once and is no longer."""
    catalogue: Catalogue = request.app.state.catalogue
    return None if slug in catalogue.vignettes else catalogue.retired(slug)


def find_vignette(request: Request, slug: str) -> Vignette:
    """The published vignette with this slug. Raises NotFound."""
    catalogue = catalogue_of(request)
    vignette = catalogue.vignettes.get(slug)
    if vignette is None:
        raise NotFound("There is no story with this name. It may have been renamed or removed.")
    return vignette


def catalogue_of(request: Request) -> Catalogue:
    """The published stories."""
    catalogue: Catalogue = request.app.state.catalogue
    return catalogue
