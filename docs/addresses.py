"""The table of the server's addresses and who may open each, as the capabilities declare them.

`python docs/addresses.py` writes docs/reference/addresses.md; a test holds it to the code.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent / "reference" / "addresses.md"
_OPEN = {
    "anybody": "anybody",
    "signed in": "everybody who is signed in",
    "public readiness": "everybody who is signed in; anybody where `TAKEUP_PUBLIC_READINESS` is set",
    "key": "keys, never sessions",
    "development": "nobody, but while developing",
}


def paths(patterns: list[Any], before: str = "", space: str = "") -> dict[str, str]:
    """The path of every address, by name."""
    found: dict[str, str] = {}
    for one in patterns:
        here = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            found |= paths(one.url_patterns, here, f"{one.namespace}:" if one.namespace else space)
        elif one.name:
            found[space + one.name] = f"/{here}"
    return found


def table() -> str:
    """The page."""
    from takeup.server.deployment.capability import EVERYBODY, capabilities
    from takeup.server.running.urls import urlpatterns

    at = paths(urlpatterns)
    lines = [
        "# Addresses and who may open them",
        "",
        "Made from what the capabilities declare (`capability.py` in each room of `takeup/server`); in words, and why:",
        "[roles](roles.md). An address that does not stand here is refused to everybody. Some pages show more or less to",
        "one role than to another; what they show is said on the page of roles.",
        "",
        "| capability | address | name | who |",
        "|---|---|---|---|",
    ]
    for one in capabilities():
        for name, allowed in one.opens.items():
            if isinstance(allowed, str):
                who = _OPEN[allowed]
            elif allowed == EVERYBODY:
                who = "everybody with a role"
            else:
                who = ", ".join(sorted(str(role.label) for role in allowed))
            lines.append(
                f"| {one.name} | `{at[name].replace('|', chr(92) + '|')}` | `{name}` | {who} |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    from takeup.server.running.start import start

    # The page is the same whatever home there is, and one of before is not to be touched for it.
    with tempfile.TemporaryDirectory() as home:
        os.environ["TAKEUP_HOME"] = home
        start()
        PAGE.write_text(table(), encoding="utf-8")
