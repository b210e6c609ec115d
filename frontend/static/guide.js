// The lines of a pause, one after the other.
