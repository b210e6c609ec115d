"""Bringing stories in from files, and taking them out."""
