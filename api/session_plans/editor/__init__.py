"""Session plans of one's own: copied, written, shared as files and offered to facilitators."""
