"""Tells people what waits for them: here, by mail, and in the channels the settings name."""
