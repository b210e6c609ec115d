"""Where templates, static files, vignettes and migrations stand: in the checkout, or inside the installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLE = _PACKAGE / "_bundle"
_ROOT = _BUNDLE if _BUNDLE.is_dir() else _PACKAGE.parent

TEMPLATES = _ROOT / "frontend" / "templates"
STATIC = _ROOT / "frontend" / "static"
VIGNETTES = _ROOT / "vignettes"
MIGRATIONS = _PACKAGE / "migrations"
