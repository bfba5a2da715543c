"""What the embedded recommendation adds to a host page's load, and how large it is.

    python benchmarks/component.py

The same page with and without it, in turn, in a fresh context each time (nothing cached): until the
browser's load event, and until the advice is drawn.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.clients.web.pages import COMPONENT, Host, hosted
from tests.server.test_browser import chromium

LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
WATCH = """addEventListener("DOMContentLoaded", () => {
  const one = document.querySelector("takeup-recommendation");
  if (!one) return;
  new MutationObserver(() => { if (one.getAttribute("state") === "advice") globalThis.drawn ??= performance.now(); })
    .observe(one, { attributes: true });
  if (one.getAttribute("state") === "advice") globalThis.drawn = performance.now();
})"""


def main() -> None:
    """Load both pages in turn and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loads", type=int, default=60)
    loads = parser.parse_args().loads
    whole, small = COMPONENT.stat().st_size, len(gzip.compress(COMPONENT.read_bytes(), 9))
    print(f"size: {whole / 1024:.1f} KB, compressed {small / 1024:.1f} KB (bar 15)")
    took: dict[str, list[float]] = {"without": [], "with": [], "drawn": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        for i in range(loads + 3):
            for name, component in (("without", False), ("with", True)):
                loaded, drawn = _load(browser, component)
                if i >= 3:
                    took[name].append(loaded)
                    if component:
                        took["drawn"].append(drawn)
        browser.close()
    without, with_ = (statistics.median(took[k]) for k in ("without", "with"))
    print(f"page without it: {without:.1f} ms; with it: {with_:.1f} ms until the load event")
    print(
        f"adds {with_ - without:.1f} ms (bar 50); advice drawn after {statistics.median(took['drawn']):.1f} ms"
    )


def _load(browser: Browser, component: bool) -> tuple[float, float]:
    context = browser.new_context()
    context.add_init_script(WATCH)
    page = context.new_page()
    try:
        with hosted(Host(with_component=component, listens=False)) as host:
            page.goto(host.address, wait_until="load")
            if component:
                expect(page.locator("takeup-recommendation")).to_have_attribute("state", "advice")
            drawn = page.evaluate("globalThis.drawn") if component else 0.0
            return float(page.evaluate(LOADED)), float(drawn)
    finally:
        context.close()


if __name__ == "__main__":
    main()
