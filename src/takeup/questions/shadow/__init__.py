"""Model and people side by side, before anybody sees the advice."""
