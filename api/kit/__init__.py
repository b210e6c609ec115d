"""Named things that know no feature, no database and no web framework."""
