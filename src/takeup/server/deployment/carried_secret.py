"""The deployment's secret as a backup carries it: sealed with a passphrase or a key file (Argon2id, then
XSalsa20-Poly1305)."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from nacl.encoding import Base64Encoder, HexEncoder
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.utils import random

from takeup.record.errors import InputError

_LEAST = 12
_ENVIRONMENT = "TAKEUP_BACKUP_PASSPHRASE"


def read_passphrase(key_file: Path | None) -> bytes | None:
    """What a key file holds (`-`: the standard input), or the environment; None where neither is given.
    Raises InputError where it is too short to keep anything."""
    given = os.environ.get(_ENVIRONMENT, "").encode()
    if key_file is not None:
        try:
            given = sys.stdin.buffer.read() if str(key_file) == "-" else key_file.read_bytes()
        except OSError as error:
            raise InputError(f"{key_file} cannot be read: {error.strerror or error}") from None
    elif not given:
        return None
    return checked_passphrase(given)


def checked_passphrase(given: bytes) -> bytes:
    """`given` without blanks and ends of lines around it. Raises InputError where it is too short to keep
    anything."""
    if len(given.strip()) < _LEAST:
        raise InputError(
            f"a passphrase or key file of a backup has at least {_LEAST} characters; make one with "
            "`head -c 32 /dev/urandom | base64 > backup-key`, and keep it apart from the backups"
        )
    return given.strip()


def sealed_secret(secret: str, passphrase: bytes) -> str:
    """The secret sealed, as JSON."""
    salt = random(argon2id.SALTBYTES)
    box = _box(passphrase, salt)
    return json.dumps(
        {
            "salt": HexEncoder.encode(salt).decode(),
            "sealed": box.encrypt(secret.encode(), encoder=Base64Encoder).decode(),
        }
    )


def opened_secret(text: str, passphrase: bytes) -> str:
    """The secret again. Raises InputError where the passphrase is another."""
    held = json.loads(text)
    try:
        opened: bytes = _box(passphrase, HexEncoder.decode(held["salt"])).decrypt(
            held["sealed"].encode(), encoder=Base64Encoder
        )
    except CryptoError:
        raise InputError(
            "this passphrase or key file is not the one that the backup was made with; nothing was restored"
        ) from None
    return opened.decode()


def _box(passphrase: bytes, salt: bytes) -> SecretBox:
    return SecretBox(
        argon2id.kdf(
            SecretBox.KEY_SIZE, passphrase, salt,
            opslimit=argon2id.OPSLIMIT_INTERACTIVE, memlimit=argon2id.MEMLIMIT_INTERACTIVE,
        )
    )  # fmt: skip
