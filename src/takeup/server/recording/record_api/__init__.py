"""Decisions, outcomes and eligible cases, received once and kept for good."""
