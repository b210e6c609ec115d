"""Three Circles: the case-vignette classification trainer for threat, drive and soothing."""

from importlib.metadata import version

__version__ = version("three-circles")
