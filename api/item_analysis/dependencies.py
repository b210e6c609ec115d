"""What the pages and the JSON of the analysis share."""

from fastapi import Request

from api.item_analysis.whole import LibraryAnalysisCache
from api.kit.errors import NotFound
from api.vignettes.catalogue import Vignette
from api.vignettes.dependencies import catalogue_of


def served(request: Request, vignette_id: int, version: int) -> Vignette:
    """The vignette whose answers are analysed. Raises NotFound while it has never been published."""
    found: Vignette | None = catalogue_of(request).version(vignette_id, version) if version else None
    if found is None:
        raise NotFound("There is no analysis yet because this story has not been published.")
    return found


def analysis_of(request: Request) -> LibraryAnalysisCache:
    analysis: LibraryAnalysisCache = request.app.state.analysis
    return analysis
