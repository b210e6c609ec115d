"""What other routers ask of the library."""

from fastapi import Request

from api.kit.errors import NotFound
from api.vignettes.catalogue import Catalogue, Vignette


def find_vignette(request: Request, slug: str) -> Vignette:
    """The published vignette with this slug. Raises NotFound."""
    catalogue: Catalogue = request.app.state.catalogue
    vignette = catalogue.vignettes.get(slug)
    if vignette is None:
        raise NotFound("There is no story with this name. It may have been renamed or removed.")
    return vignette
