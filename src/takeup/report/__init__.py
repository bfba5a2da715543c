"""A diagnosis becomes a page, a JSON document, a few lines in the terminal."""
