"""The report in a real browser: it fits, reads in both themes, works by keyboard, needs no network."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from takeup.report.pdf import write_pdf
from takeup.simulate import simulate, whole_history
from tests.questions.programmes import bank, diagnosed

pytestmark = [pytest.mark.browser]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(bank(1)[1].to_html("a simulated bank"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser():
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium: `make test` installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


def opened(browser, report: Path, width: int, scheme: str):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    return page, asked


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_its_window_and_asks_nothing_of_the_network(browser, report, width, scheme):
    page, asked = opened(browser, report, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.locator("h1").first.inner_text()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser, report, scheme):
    """WCAG contrast of at least 4.5 for text and figures."""
    page, _ = opened(browser, report, 1280, scheme)
    worst = page.evaluate(CONTRAST)
    assert worst["ratio"] >= 4.5, worst
    page.close()


CONTRAST = """() => {
  const lum = c => { const v = c.map(x => { x /= 255; return x <= .03928 ? x/12.92 : Math.pow((x+.055)/1.055, 2.4) });
    return .2126*v[0] + .7152*v[1] + .0722*v[2] };
  const rgb = s => (s.match(/[\\d.]+/g) || []).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length && (c.length < 4 || c[3] > 0)) return c.slice(0, 3) } return [255, 255, 255] };
  let worst = { ratio: 99 };
  for (const e of document.querySelectorAll('h1,h2,h3,p,td,th,span,strong,li,summary')) {
    if (!e.innerText || !e.innerText.trim() || !e.offsetParent || e.closest('[aria-hidden=true]')) continue;
    const a = lum(rgb(getComputedStyle(e).color).slice(0, 3)), b = lum(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst.ratio) worst = { ratio, text: e.innerText.slice(0, 60) };
  }
  return worst;
}"""


def test_every_chart_has_words_and_a_table_behind_it(report):
    page = report.read_text(encoding="utf-8")
    drawings = re.findall(r'<div class="drawing"([^>]*)>', page)
    assert len(drawings) > 10
    assert all("aria-label" in d or 'aria-hidden="true"' in d for d in drawings)
    assert page.count("The figures behind it") >= 5
    assert "<script" not in page
    assert len(page.encode()) < 3_000_000


def test_tables_behind_the_charts_open_by_keyboard(browser, report):
    page, _ = opened(browser, report, 1280, "light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open] table").first.is_visible()
    page.close()


def test_no_text_is_smaller_than_twelve_pixels(browser, report):
    page, _ = opened(browser, report, 390, "light")
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('p,td,th,span,strong,li,text')]
        .filter(e => e.textContent.trim() && e.getClientRects().length)
        .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
    )
    assert smallest >= 12
    page.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    """The report of `takeup demo`."""
    path = tmp_path_factory.mktemp("demo") / "report.html"
    programme = simulate("bank", seed=1, phases=whole_history(8))
    path.write_text(diagnosed(programme).to_html("a simulated bank"), encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "most"), [(1280, 4_500), (390, 9_000)])
def test_before_it_is_unfolded_the_report_is_read_in_a_minute(browser, demo, width, most):
    page, _ = opened(browser, demo, width, "light")
    assert page.evaluate("document.documentElement.scrollHeight") <= most
    page.close()


def test_the_whole_report_is_half_the_bytes_that_it_was(demo):
    """170,750 at 8ac41e2, compressed; nothing is fetched later."""
    assert len(gzip.compress(demo.read_bytes(), 9)) <= 170_750 / 2


def test_the_whole_action_stands_behind_what_to_do_first(browser, demo):
    page, _ = opened(browser, demo, 1280, "light")
    first = page.locator(".cards .card").first
    first.locator("summary").press("Enter")
    heads = first.locator("th[scope=col]").all_inner_texts()
    assert heads == ["Step", "Who", "Days", "What must move", "Look again after"]
    assert first.locator("tbody tr").first.is_visible()
    page.close()


def test_evidence_unfolds_by_keyboard_and_stays_within_the_window(browser, demo):
    page, _ = opened(browser, demo, 390, "light")
    for summary in page.locator(".evidence > details > summary").all():
        summary.press("Enter")
    assert page.locator(".evidence > details:not([open])").count() == 0
    assert page.locator(".evidence .row").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_on_paper_two_pages_come_before_the_evidence_and_every_sheet_has_its_number(demo, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext: `make test` installs poppler-utils")
    path = tmp_path / "report.pdf"
    write_pdf(demo.read_text(encoding="utf-8"), path)
    done = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    sheets = done.stdout.split("\f")[:-1]
    assert ["The evidence" in sheet for sheet in sheets[:3]] == [False, False, True]
    assert "What this table can’t tell" in sheets[0] + sheets[1]
    assert "Look again" in sheets[2]
    for at, sheet in enumerate(sheets, 1):
        assert f"{at} / {len(sheets)}" in sheet
    lines = [len([line for line in sheet.splitlines() if line.strip()]) for sheet in sheets]
    assert min(lines[2:-1]) >= 25
