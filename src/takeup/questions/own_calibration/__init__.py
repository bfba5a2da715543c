"""How sure one person is, beside how often they are right; for that person alone."""
