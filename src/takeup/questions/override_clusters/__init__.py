"""Overrides that belong together: of one reason, in one kind of case."""
