"""What an empty deployment gets by itself: an administrator, and a key for the oversight officer."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from pathlib import Path

from takeup.server.deployment.roles import Role
from takeup.server.deployment.settings import ServerSettings
from takeup.server.foundation.organization.models import Person
from takeup.server.foundation.organization.services import holders, set_roles
from takeup.server.foundation.organization.sign_in import sign_in_link
from takeup.server.foundation.oversight.models import OversightKey
from takeup.server.foundation.oversight.services import make_oversight_key


def prepare_oversight(settings: ServerSettings) -> list[str]:
    """Make the oversight officer's key where there is none, before the first decision is drained;
    what to tell whoever started the server."""
    if OversightKey.objects.exists():
        return []
    settings.home.mkdir(parents=True, exist_ok=True)
    path = _new_file(settings.home, "oversight-key")
    path.write_text(make_oversight_key() + "\n", encoding="utf-8")
    return [
        f"The oversight officer’s private key is in {path}: give it to them and take it off this "
        "machine."
    ]


def _new_file(folder: Path, name: str) -> Path:
    """A file readable by the owner only, under a name that none has: what lies there may be a key."""
    for number in count(1):
        path = folder / (name if number == 1 else f"{name}-{number}")
        with suppress(FileExistsError):
            path.touch(mode=0o600, exist_ok=False)
            return path
    raise AssertionError


def prepare_administrator(settings: ServerSettings) -> list[str]:
    """Make an administrator where there is none; what to tell whoever started the server."""
    told: list[str] = []
    if not holders(Role.ADMINISTRATOR):
        person = Person.objects.filter(email=settings.administrator).first()
        if person is None:
            person = Person.objects.create_user(
                "administrator", name="Administrator", email=settings.administrator
            )
        set_roles(person, {Role.ADMINISTRATOR}, "takeup")
    for person in Person.objects.filter(email=settings.administrator, is_active=True):
        if not person.has_usable_password():
            told.append(f"Set the administrator’s password: {sign_in_link(person)}")
    return told
