"""The geometry of charts, and what their templates get."""
