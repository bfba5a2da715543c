"""Its tables, version by version."""
