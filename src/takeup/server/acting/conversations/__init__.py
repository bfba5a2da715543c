"""Conversations with people who seldom rely on the advice: whom to invite, what was said, what it amounts to."""
