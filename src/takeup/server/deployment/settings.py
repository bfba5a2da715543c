"""What a deployment can set, all by environment variables, read once and typed.

`docs/how-to/run.md` has the table of them.
The server opens no connection that these do not name.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, ValidationError, field_validator

from takeup.record.clock import now
from takeup.record.errors import DeclarationError
from takeup.server.deployment.country_days import days_worked

_PREFIX = "TAKEUP_"
_OF_COMMANDS = {
    "TAKEUP_BACKUP_KEY_FILE", "TAKEUP_BACKUP_PASSPHRASE", "TAKEUP_KEY", "TAKEUP_SPOOL", "TAKEUP_URL", "TAKEUP_USE_CASE",
}  # fmt: skip
"""Read by commands or clients alone, and no part of the server's settings."""
_QUIET = re.compile(r"(?:[01]?\d|2[0-3])-(?:[01]?\d|2[0-3])")
_made_now: set[Path] = set()
"""Files of secrets that this process made."""


class ServerSettings(BaseModel):
    """A deployment's settings: the variables' names without the prefix `TAKEUP_`. `home` holds the
    embedded database, log and secret; `drain_seconds` is how often the inbox is drained;
    `rate_per_minute` how many batches a key may send; `public_url` the address that people use;
    `inbox_days` how long rows stay as received; `country` whose holidays are no working days (`DE`, `DE-BY`); `nightly_hour` (UTC) when snapshots are taken
    and old keys of people removed; `administrator` the address of the first one; `smtp_url` the
    mail server, `mail_from` the sender, `quiet_hours` (in `time_zone`) when no mail goes out; `webhooks` channels that are told of signals, with commas
    between; `oidc_…` the company's sign-in, `oidc_roles` which of its groups give which role,
    `oidc_trust_addresses` whether its addresses count where it does not say that they are verified;
    `works_council` whether an agreement must be in force (docs/explanation/disclosure.md);
    `public_readiness` whether readiness is assessed without sign-in; `second_factor` whether those who sign in by password need one; `log_format` and `log_level` how and how much is
    logged; `metrics_token` opens `/metrics`; `development` shows the style page."""

    home: Path = Path("takeup-data")
    database_url: str | None = None
    log_url: str | None = None
    secret_key: str | None = None
    allowed_hosts: str = "localhost,127.0.0.1,[::1]"
    public_url: str = "http://127.0.0.1:8000"
    drain_seconds: float = Field(2.0, gt=0)
    rate_per_minute: int = Field(6000, gt=0)
    inbox_days: int = Field(35, ge=1)
    country: str = ""
    oversight_months: int = Field(24, ge=6)
    nightly_hour: int = Field(2, ge=0, le=23)
    time_zone: str = "UTC"
    quiet_hours: str = ""
    administrator: str = "administrator@takeup.invalid"
    smtp_url: str | None = None
    mail_from: str = "takeup <takeup@takeup.invalid>"
    webhooks: str = ""
    oidc_url: str | None = None
    oidc_client_id: str = ""
    oidc_secret: str = ""
    oidc_name: str = "company sign-in"
    oidc_groups_claim: str = "groups"
    oidc_trust_addresses: bool = False
    oidc_roles: str = ""
    works_council: bool = False
    public_readiness: bool = False
    second_factor: Literal["offered", "required"] = "offered"
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    metrics_token: str = ""
    development: bool = False

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, given: str) -> str:
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("write https://takeup.example.org")
        return given.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _a_database(cls, given: str | None) -> str | None:
        if given is not None and not _is_database(given):
            raise ValueError(
                "write postgres://user:password@host:port/name, in the password %40 for @, %2F for /, %25 for "
                "%; after it what PostgreSQL's clients take, as ?sslmode=verify-full"
            )
        return given

    @field_validator("time_zone")
    @classmethod
    def _a_time_zone(cls, given: str) -> str:
        try:
            ZoneInfo(given)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("write the zone as Europe/Berlin") from None
        return given

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, given: str) -> str:
        if given and not _QUIET.fullmatch(given):
            raise ValueError(
                "write the hours without mail as 19-7: from seven in the evening to seven"
            )
        return given

    def quiet_at(self, moment: datetime) -> bool:
        """Whether no mail goes out at this moment."""
        if not self.quiet_hours:
            return False
        first, last = (int(hour) for hour in self.quiet_hours.split("-"))
        hour = moment.astimezone(ZoneInfo(self.time_zone)).hour
        return first <= hour < last if first <= last else hour >= first or hour < last

    @field_validator("country")
    @classmethod
    def _a_country(cls, given: str) -> str:
        name, hyphen, region = given.strip().partition("-")
        country = f"{name.upper()}{hyphen}{region}"
        days_worked(country, now().year)
        return country

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, given: str | None) -> str | None:
        if given is None:
            return None
        parts = urlsplit(given)
        if parts.scheme not in ("smtp", "smtp+starttls", "smtps") or not parts.hostname:
            raise ValueError("write smtp+starttls://user:password@host:587 (or smtps://, smtp://)")
        return given

    @field_validator("webhooks")
    @classmethod
    def _channels(cls, given: str) -> str:
        for flavour, address in _webhook_list(given):
            parts = urlsplit(address)
            if flavour not in ("slack", "teams") or parts.scheme not in ("http", "https"):
                raise ValueError("write slack+https://… or teams+https://…, with commas between")
        return given

    @field_validator("oidc_roles")
    @classmethod
    def _groups(cls, given: str) -> str:
        for group, role in _pairs(given):
            if not group or not role:
                raise ValueError("write group=role, with commas between: ai-leads=programme_lead")
        return given

    @property
    def oidc_role_of(self) -> list[tuple[str, str]]:
        """Group and the role it gives."""
        return _pairs(self.oidc_roles)

    def oidc_apps(self) -> list[dict[str, object]]:
        """The provider as django-allauth reads it; none where it is not named."""
        if not self.oidc_url:
            return []
        return [
            {
                "provider_id": "company", "name": self.oidc_name, "client_id": self.oidc_client_id,
                "secret": self.oidc_secret, "settings": {"server_url": self.oidc_url},
            }
        ]  # fmt: skip

    @property
    def webhook_list(self) -> list[tuple[str, str]]:
        """Flavour and address of each channel."""
        return _webhook_list(self.webhooks)

    @property
    def secure(self) -> bool:
        """Whether people reach the server over TLS: cookies are kept to it then."""
        return self.public_url.startswith("https://")

    @property
    def hosts(self) -> list[str]:
        """Names the server answers to: those allowed, and its public one."""
        named = [host.strip() for host in self.allowed_hosts.split(",") if host.strip()]
        public = urlsplit(self.public_url).hostname
        return [*named, public] if public and public not in named else named

    @property
    def log(self) -> str:
        """Where the decision log is."""
        return self.log_url or str(self.home / "log")

    @property
    def secret_file(self) -> Path:
        """Where the secret is where the environment does not give it."""
        return self.home / "secret-key"

    def secret(self) -> str:
        """The secret that signs sessions and seals what people alone may read; made and kept (readable by
        the owner only) at the first start. Raises DeclarationError where its file is empty."""
        if self.secret_key:
            return self.secret_key
        if not self.secret_file.exists():
            self.keep_secret(secrets.token_urlsafe(50))
            _made_now.add(self.secret_file)
        found = self.secret_file.read_text(encoding="utf-8").strip()
        if not found:
            raise DeclarationError(
                str(self.secret_file),
                [
                    "it is empty, and holds the deployment's secret: put it back, or "
                    "take the empty file away"
                ],
            )
        return found

    def keep_secret(self, secret: str) -> None:
        """Write the secret's file, whole or not at all, and never over one that is there."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self.home / f".secret-key.{os.getpid()}"
        part.touch(mode=0o600)
        try:
            with part.open("w", encoding="utf-8") as written:
                written.write(secret)
                written.flush()
                os.fsync(written.fileno())
            try:
                os.link(part, self.secret_file)
            except FileExistsError:
                pass
            except OSError:
                # A file system without links.
                if not self.secret_file.exists():
                    part.replace(self.secret_file)
        finally:
            part.unlink(missing_ok=True)

    @property
    def made_now(self) -> bool:
        """Whether this process made the secret, for want of one."""
        return not self.secret_key and self.secret_file in _made_now

    def take_back_a_new_secret(self) -> None:
        """A secret that this process made, and with which nothing was sealed, is as if it had not been."""
        if self.made_now:
            self.secret_file.unlink(missing_ok=True)

    def database(self) -> dict[str, object]:
        """Django's description of the operational store."""
        if self.database_url is None:
            self.home.mkdir(parents=True, exist_ok=True)
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(self.home / "takeup.sqlite3"),
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    # An answer is given only after the batch is durable: full sync, one writer.
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                    "PRAGMA wal_autocheckpoint=8000; PRAGMA secure_delete=ON;",
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 30,
                },
            }
        parts = urlsplit(self.database_url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # sslmode, sslrootcert, a socket's folder as host: what libpq takes in an address.
            "OPTIONS": dict(parse_qsl(parts.query)),
        }


def _is_database(given: str) -> bool:
    """Whether PostgreSQL's client reads this address, and it names a database."""
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = urlsplit(given)
        return bool(conninfo_to_dict(given).get("dbname")) and isinstance(parts.port, int | None)
    except (ValueError, Error):
        return False


def _pairs(given: str) -> list[tuple[str, str]]:
    parts = (part.partition("=") for part in given.split(",") if part.strip())
    return [(group.strip(), role.strip()) for group, _, role in parts]


def _webhook_list(given: str) -> list[tuple[str, str]]:
    found = []
    for text in (part.strip() for part in given.split(",") if part.strip()):
        flavour, plus, address = text.partition("+")
        found.append((flavour, address) if plus and "://" not in flavour else ("slack", text))
    return found


def read_server_settings(environment: Mapping[str, str] | None = None) -> ServerSettings:
    """The settings of this environment. Raises DeclarationError naming every mistake."""
    given = os.environ if environment is None else environment
    values = {
        name: given[_PREFIX + name.upper()]
        for name in ServerSettings.model_fields
        if given.get(_PREFIX + name.upper())
    }
    try:
        return ServerSettings.model_validate(values)
    except ValidationError as error:
        problems = [
            f"{_PREFIX}{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()
        ]
        raise DeclarationError("environment", problems) from None


def unknown_settings(environment: Mapping[str, str] | None = None) -> list[str]:
    """Variables that look like settings and are none: a slip of the pen in one is otherwise a default."""
    given = os.environ if environment is None else environment
    known = {_PREFIX + name.upper() for name in ServerSettings.model_fields} | _OF_COMMANDS
    return sorted(name for name in given if name.startswith(_PREFIX) and name not in known)
