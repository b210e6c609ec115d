"""Blind ratings of stories, and how far raters agree."""
