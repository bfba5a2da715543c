"""The same report as PDF (extra `takeup[pdf]`): for boards, mail and files.

WeasyPrint knows no CSS variables inside SVG, so every colour token becomes the literal colour
of print first.
"""

from __future__ import annotations

import logging
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from takeup.record.errors import InputError

_PRINT = """
/* Printed, everything is unfolded. */
.cards details, .sections details { display: none }
.drawing .wide { display: none }
.drawing .narrow { display: block }
.card.full { break-inside: auto !important }
/* On one sheet, where it is no longer than that. */
.card.full.cannot { break-inside: avoid !important }
/* WeasyPrint moves a grid whose row spans both columns to a sheet of its own; rows of cards are lines here, and two
   of them may part. */
article > .cards { display: block !important; orphans: 1; widows: 1 }
.cards > .card { display: inline-block !important; width: 48.5%; margin: 0 1% 10px 0; vertical-align: top }
.cards > .card:last-child:nth-child(odd) { display: block !important; width: auto; margin-right: 1% }
.key span { white-space: nowrap }
/* WeasyPrint places the cells of a spanning grid row wrongly: rows of half cards, and those without a
   drawing, become lines of text. */
.half .row, .row.bare { display: block !important }
.facts > div { break-inside: avoid }
.half .row .says { text-align: left !important }
"""


def write_pdf(html: str, path: Path) -> None:
    """Print the report `html` to `path`. Raises InputError where the extra is not installed, or
    the place cannot be written."""
    printed = pdf_of(html)
    half = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(printed)
        half.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}); choose another place"
        ) from None
    finally:
        half.unlink(missing_ok=True)


def need_printer() -> None:
    """Raises InputError where the extra is not installed: said before the work, not after it."""
    _weasyprint()


def pdf_of(html: str) -> bytes:
    """A page of ours, printed. Raises InputError where the extra is not installed."""
    weasyprint = _weasyprint()
    # A report fetches nothing: only what the page itself carries may be read.
    inside = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    printed: bytes = weasyprint.HTML(
        string=with_literal_colours(html), url_fetcher=inside
    ).write_pdf(stylesheets=[weasyprint.CSS(string=_PRINT)])
    return printed


def _weasyprint() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise InputError(
            "printing needs WeasyPrint and Pango: pip install 'takeup[pdf]', and on Debian "
            f"apt-get install libpango-1.0-0 libpangoft2-1.0-0 ({error})"
        ) from None
    return weasyprint


def with_literal_colours(html: str) -> str:
    """`html` with every `var(--token)` replaced by its value in print."""
    tokens = _print_tokens()

    def value(match: re.Match[str]) -> str:
        return tokens.get(match.group(1), match.group(0))

    return re.sub(r"var\(--([a-z-]+)\)", value, html)


def _print_tokens() -> dict[str, str]:
    text = (files("takeup.report") / "style" / "tokens.css").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for start in (text.index(":root"), text.index("@media print")):
        block = text[start : text.index("}", start)]
        found |= {n: v.strip() for n, v in re.findall(r"--([a-z-]+):\s*([^;]+);", block)}
    return found
