"""JSON on a line that stays one to every reader of lines."""

from __future__ import annotations

import json
from typing import Any

_LINES = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"})
"""Separators of lines that JSON leaves as they are inside of texts, and `splitlines` splits at."""


def json_line(value: Any) -> str:
    """`value` as one line of JSON."""
    return json.dumps(value, ensure_ascii=False).translate(_LINES)
