"""Engines, column types, the group commit and the few statements written by hand."""
