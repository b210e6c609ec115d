"""Session plans: what a facilitator leads a group through, as files."""
