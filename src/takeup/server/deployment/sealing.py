"""Secrets of the operational store, sealed with the deployment's own: a copy of the database alone
opens none of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac
from nacl.encoding import Base64Encoder, RawEncoder
from nacl.exceptions import CryptoError
from nacl.hash import blake2b
from nacl.secret import SecretBox


@dataclass(frozen=True, slots=True)
class SealedKind:
    """A kind of thing that the deployment's secret seals: where it is told among the others, what it is called,
    what is gone where it does not open, each by number with whether it opens, and how those are taken away that
    never will."""

    place: int
    name: str
    without: str
    each: Callable[[], Iterable[tuple[int, bool]]]
    forget: Callable[[Collection[int]], None]


def opens(sealed: str, person: str = "") -> bool:
    """Whether it was sealed with this secret."""
    try:
        unseal(sealed, person)
    except ValueError:
        return False
    return True


def seal(text: str, person: str = "") -> str:
    """Seal `text` with the deployment's key and, for what one person alone may read, theirs."""
    sealed: bytes = _box(person).encrypt(text.encode(), encoder=Base64Encoder)
    return sealed.decode()


def unseal(sealed: str, person: str = "") -> str:
    """Open what was sealed alike. Raises ValueError where it was sealed otherwise."""
    try:
        opened: bytes = _box(person).decrypt(sealed.encode(), encoder=Base64Encoder)
    except CryptoError:
        raise ValueError("sealed with another key") from None
    return opened.decode()


def keyed(what: str, text: str) -> str:
    """A hash of `text` under the deployment's secret, for the purpose `what`: 64 hex digits."""
    digest: str = salted_hmac(f"takeup.{what}", text, algorithm="sha256").hexdigest()
    return digest


def mark(secret: str | None = None) -> str:
    """By which a secret (the one in force where none is given) is known again, and not found."""
    digest: str = salted_hmac("takeup.secret", "", secret=secret, algorithm="sha256").hexdigest()
    return digest[:16]


def _box(person: str) -> SecretBox:
    secret = f"{settings.SECRET_KEY}{person}".encode()
    return SecretBox(blake2b(secret, digest_size=32, encoder=RawEncoder))
