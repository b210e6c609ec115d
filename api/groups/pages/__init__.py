"""A group's pages: phone, shared screen, facilitator view."""
