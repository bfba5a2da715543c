"""Migrations of sprints."""
