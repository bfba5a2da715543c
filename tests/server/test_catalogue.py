"""Every text of a page is in the message catalogue, ready to be translated."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import takeup.server

SERVER = Path(takeup.server.__file__).parent
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")


def texts(catalogue: Path) -> set[str]:
    read = catalogue.read_text(encoding="utf-8")
    return set(re.findall(r'^msgid(?:_plural)? "(.+)"$', read, re.M))


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="no gettext on this machine")
def test_the_catalogue_holds_every_text_of_every_page(tmp_path):
    copy = tmp_path / "server"
    shutil.copytree(SERVER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "en", "--no-location", "--no-wrap"],
        cwd=copy, check=True, capture_output=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "", "TAKEUP_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    assert texts(copy / CATALOGUE) == texts(SERVER / CATALOGUE)


def test_no_page_holds_a_text_outside_the_catalogue():
    loose = []
    for template in SERVER.rglob("templates/**/*.html"):
        if template.name == "style.html":
            continue  # a page for developers
        read = re.sub(
            r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}", "", template.read_text(), flags=re.S
        )
        read = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", "\n", read, flags=re.S)
        for line in read.splitlines():
            if len(re.findall(r"[A-Za-zäöü]{3,}", line)) >= 2:
                loose.append((template.name, line.strip()))
    assert loose == []
