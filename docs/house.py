"""The map of the code: floors as the import rule has them, what each folder is for, as its docstring says.

`python docs/house.py` writes docs/house.svg; a test holds the picture to the code.
"""

from __future__ import annotations

import ast
import re
import tomllib
from html import escape
from pathlib import Path
from textwrap import wrap

ROOT = Path(__file__).resolve().parents[1]
CODE = ROOT / "src" / "takeup"
WIDE, LEFT, LINE, WING = 980, 16, 15, 90
_STYLE = """
text { font: 12px Inter, system-ui, sans-serif; fill: #1c2326 } .name { font-weight: 600; font-size: 13px }
.small { fill: #4d575b } .room { font-size: 11px } .wing { font-weight: 600 } .floor { fill: #f6f5f1 } .box { fill: #fff; stroke: #d9d7cf }
@media (prefers-color-scheme: dark) { text { fill: #e8ecec } .small { fill: #aab3b5 } .floor { fill: #171c1f }
.box { fill: #1e2427; stroke: #353d41 } }
"""


def floors(of: str = "takeup") -> list[list[str]]:
    """The floors of a package, the highest first, each with its folders."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c["layers"] for c in contracts["contracts"] if c.get("containers") == [of])
    return [re.split(r"\s*:\s*", layer) for layer in layers]


def purpose(module: Path) -> str:
    """The first sentence of a module's docstring."""
    file = module / "__init__.py" if module.is_dir() else module
    words = " ".join((ast.get_docstring(ast.parse(file.read_text())) or "").split())
    return re.split(r"(?<=[.]) ", words)[0].rstrip(".")


def rooms(folder: Path) -> list[str]:
    """The folders inside a folder that holds rooms."""
    return sorted(p.parent.name for p in folder.glob("*/__init__.py"))


def wings() -> list[tuple[str, list[str]]]:
    """The wings of the server, the highest first, each with its rooms and the modules beside them."""
    found = []
    for (wing,) in floors("takeup.server"):
        folder = CODE / "server" / wing
        beside = sorted(p.stem for p in folder.glob("*.py") if p.stem != "__init__")
        found.append((wing, [*rooms(folder), *beside]))
    return found


def house() -> str:
    """The picture as SVG."""
    drawn, y = [], 10
    for floor in floors():
        width = (WIDE - 2 * LEFT - 10 * (len(floor) - 1)) // len(floor)
        letters = width // 7
        told = [_told(name, letters) for name in floor]
        height = max(len(lines) for _, lines in told) * LINE + 34
        drawn.append(f'<rect class="floor" x="0" y="{y}" width="{WIDE}" height="{height + 12}"/>')
        for i, (name, lines) in enumerate(told):
            x = LEFT + i * (width + 10)
            drawn.append(
                f'<rect class="box" x="{x}" y="{y + 6}" width="{width}" height="{height}" rx="6"/>'
                f'<text class="name" x="{x + 12}" y="{y + 25}">{escape(name)}</text>'
            )
            drawn += [
                _line(x + 12, y + 25 + LINE * (n + 1), kind, line)
                for n, (kind, line) in enumerate(lines)
            ]
        y += height + 18
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {y}" width="{WIDE}" height="{y}" role="img" '
        f'aria-label="The floors of takeup: each imports only from lower ones"><style>{_STYLE}</style>'
        f"{''.join(drawn)}</svg>\n"
    )


def _line(x: int, y: int, kind: str, line: str) -> str:
    """A line of a box; that of a wing has its rooms beside it."""
    if kind != "wing":
        return f'<text class="{kind}" x="{x}" y="{y}">{escape(line)}</text>'
    wing, inside = line.split(": ")
    return f'<text class="room" x="{x}" y="{y}"><tspan class="wing">{wing}</tspan><tspan x="{x + WING}">{escape(inside)}</tspan></text>'


def _told(name: str, letters: int) -> tuple[str, list[tuple[str, str]]]:
    """What a box says: the purpose, and where a folder holds rooms or wings of rooms, their names."""
    folder = CODE / name
    module = folder if folder.is_dir() else folder.with_suffix(".py")
    lines = [("small", line) for line in wrap(purpose(module), letters)]
    small = letters + letters // 8
    if name == "questions":
        lines += [("room", line) for line in wrap(" · ".join(rooms(folder)), small)]
    if name == "server":
        lines += [
            ("wing", f"{'' if n else wing}: {line}")
            for wing, inside in wings()
            for n, line in enumerate(wrap(" · ".join(inside), small - WING // 6))
        ]
    return name, lines


if __name__ == "__main__":
    (ROOT / "docs" / "house.svg").write_text(house(), encoding="utf-8")
