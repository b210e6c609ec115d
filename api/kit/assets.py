"""Where templates, static files, help, vignettes and migrations stand: in the checkout, or in the package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_BUNDLE = _PACKAGE / "_bundle"
_ROOT = _BUNDLE if _BUNDLE.is_dir() else _PACKAGE.parent

TEMPLATES = _ROOT / "frontend" / "templates"
STATIC = _ROOT / "frontend" / "static"
RESULTS = _ROOT / "frontend" / "results"
HELP = _ROOT / "frontend" / "help" / "site"
ACCESSIBILITY = _ROOT / "frontend" / "accessibility.yaml"
VIGNETTES = _ROOT / "vignettes"
MIGRATIONS = _PACKAGE / "persistence" / "migrations"
