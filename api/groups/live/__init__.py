"""How a group's present state reaches its open pages."""
