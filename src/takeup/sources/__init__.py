"""Readers of what exists already: tables, files, mappings; what was read and what became of every row."""
