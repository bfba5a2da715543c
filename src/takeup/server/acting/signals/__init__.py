"""Signals of non-adoption, and the response each asks for: owner, deadline, first question, answer."""
