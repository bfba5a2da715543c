"""The server's commands. Heavy imports stay inside them: `takeup --help` must be quick."""

from __future__ import annotations

import typer

from takeup.server.running.commands import (
    deployment,
    export,
    keys,
    log,
    organization,
    rollout,
    secret,
    survey,
    trust,
)
from takeup.server.running.commands.log import recorded_tables

__all__ = ["add_commands", "recorded_tables"]


def add_commands(app: typer.Typer) -> None:
    """Add the server's commands to the command line."""
    app.command()(deployment.serve)
    app.command()(deployment.doctor)
    app.command()(deployment.snapshot)
    app.command()(deployment.backup)
    app.command()(deployment.upgrade)
    app.command()(deployment.restore)
    app.add_typer(log.log_app, name="log")
    app.add_typer(keys.key_app, name="key")
    app.add_typer(organization.organization_app, name="organization")
    app.add_typer(organization.person_app, name="person")
    app.add_typer(organization.use_case_app, name="use-case")
    app.add_typer(rollout.rollout_app, name="rollout")
    app.add_typer(survey.survey_app, name="survey")
    app.add_typer(export.export_app, name="export")
    app.add_typer(secret.secret_app, name="secret")
    app.add_typer(trust.audit_app, name="audit")
    app.add_typer(trust.oversight_app, name="oversight")
