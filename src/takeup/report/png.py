"""A drawing as PNG. Its colours become the literal ones of print: what draws it knows no variables of CSS. Where the
fonts of the pages can be unpacked (fontTools and Brotli, which come with `takeup[pdf]`) it is set in them, else in the
fonts that vl-convert carries."""

from __future__ import annotations

import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path

from takeup.report.pdf import with_literal_colours

SCALE = 2.0
"""Pixels for one of the drawing: sharp on the screens of today."""


def png_of(svg: str, scale: float = SCALE) -> bytes:
    """The drawing as it is printed, `scale` pixels for each of its own."""
    import vl_convert

    _fonts()
    made: bytes = vl_convert.svg_to_png(with_literal_colours(svg), scale=scale)
    return made


_WEIGHTS = (400, 600)
"""In which the pages are set; what draws knows no fonts with an axis of weights."""


@cache
def _fonts() -> None:
    """Make the pages' fonts known, once a process."""
    import vl_convert

    try:
        from fontTools.ttLib import TTFont
        from fontTools.varLib.instancer import instantiateVariableFont
    except ImportError:
        return
    folder = Path(tempfile.mkdtemp(prefix="takeup-fonts-"))
    for packed in (files("takeup.report") / "style" / "fonts").iterdir():
        if not packed.name.endswith(".woff2"):
            continue
        for weight in _WEIGHTS:
            with packed.open("rb") as file:
                font = TTFont(file)
                if "fvar" in font:
                    font = instantiateVariableFont(font, {"wght": weight})
                    font["OS/2"].usWeightClass = weight
                font.flavor = None
                font.save(folder / f"{packed.name}-{weight}.ttf")
    vl_convert.register_font_directory(str(folder))
