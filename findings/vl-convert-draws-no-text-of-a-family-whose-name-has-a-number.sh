#!/usr/bin/env bash
# vl-convert: an SVG text whose font family has a number in its unquoted name is drawn as nothing, and nothing is said.
#
# vl-convert-python 1.9.0 (Python 3.11), run on 30 November 2026.
# Browsers read `font-family="Source Serif 4, serif"` as a family that may be missing, and fall back to serif. Here the whole
# list is not read, so neither the family nor its fallback is found: the picture has every mark and no letter. In quotation
# marks, or without the number, the same text is drawn with the fallback. Chart pictures lose their labels so, without a warning.
#
# Output seen:
#   serif                        drawn
#   Source Serif 4, serif        not drawn
#   'Source Serif 4', serif      drawn
#   No Such Family, serif        drawn
#   Family 4, serif              not drawn
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "vl-convert-python==1.9.0"
cat > "$folder/run.py" <<'PYTHON'
import vl_convert


def picture(family: str, words: str) -> bytes:
    return vl_convert.svg_to_png(
        '<svg xmlns="http://www.w3.org/2000/svg" width="220" height="40">'
        f'<text x="5" y="28" font-size="24" font-family="{family}">{words}</text></svg>'
    )


seen = {}
for family in ("serif", "Source Serif 4, serif", "'Source Serif 4', serif", "No Such Family, serif", "Family 4, serif"):
    seen[family] = picture(family, "Followed") != picture(family, "")
    print(f"{family:<28} {'drawn' if seen[family] else 'not drawn'}")
assert list(seen.values()) == [True, False, True, True, False], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/run.py"
