"""The recommendation as it stands in a host application: page tokens, what it tells, what was opened."""
