"""Measuring a course: sealed sets of stories before, after and later, and what changed."""
