"""Panels: people who rate stories by a link, without an account, and what their ratings say about the keys."""
