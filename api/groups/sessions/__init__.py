"""Guided sessions: a plan that is run in a group, from hello to goodbye."""
