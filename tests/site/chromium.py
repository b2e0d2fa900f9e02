"""Chromium for tests: where it is, how it is started, and pages that are watched for faults."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, Request

ROOT = Path(__file__).parents[2]
AXE = ROOT / "site/node_modules/axe-core/axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome")
# No name is resolved but this machine's: what asks another host fails, and is noticed besides.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
HOSTS = ("127.0.0.1", "localhost")
# WCAG 2.2 A and AA, and what axe-core counts as good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def executable() -> str:
    """The system's Chromium.

    Raises:
        FileNotFoundError: If there is none; a test that needs it fails then, and is not skipped.
    """
    named = os.environ.get("GEOCAIRN_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError(
            "the tests of the site need Chromium: install it (apt-get install chromium), "
            "or name it with GEOCAIRN_CHROMIUM=..."
        )
    return found


def launch(playwright: Playwright) -> Any:
    """Start it, without a window."""
    return playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))


@dataclass
class Watch:
    """What went wrong in a context: errors on the console, of scripts, and requests elsewhere.

    Attributes:
        faults: One line each.
        allowed: Patterns of faults that a test provokes on purpose; a fault that matches one is
            no fault.
    """

    faults: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def attend(self, context: BrowserContext) -> None:
        """Listen to every page and worker of a context."""
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("request", self._asked)
        context.on("page", lambda page: page.on("crash", lambda _: self.faults.append("crash")))

    def _said(self, message: ConsoleMessage) -> None:
        # Violations of the Content-Security-Policy are among the errors.
        if message.type in ("error", "warning") or "Content Security Policy" in message.text:
            place = message.location.get("url", "")
            self.faults.append(f"console {message.type}: {message.text} ({place})")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in HOSTS:
            self.faults.append(f"request to another host: {request.url}")

    @property
    def unexpected(self) -> list[str]:
        """The faults that no test allows."""
        return [
            fault
            for fault in self.faults
            if not any(re.search(pattern, fault) for pattern in self.allowed)
        ]


def go(page: Page, url: str, *, fetches: bool = False) -> None:
    """Open a page and wait until its scripts have run.

    Args:
        page: Shows it.
        url: Where it is.
        fetches: Whether to wait for what scripts fetch, too; that takes half a second at least.
    """
    page.goto(url)
    if fetches:
        page.wait_for_load_state("networkidle")
    else:
        page.evaluate("() => new Promise((done) => requestIdleCallback(() => done()))")


def axe(page: Page, *, within: str | None = None) -> list[str]:
    """Accessibility faults that axe-core finds, one line each with the first element at fault.

    The script is evaluated through the debugger, which the page's Content-Security-Policy does
    not concern.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "([within, rules]) => axe.run(within ?? document, "
        "{ runOnly: rules, resultTypes: ['violations'] })",
        [within, RULES],
    )
    return [
        f"{rule['id']} ({len(rule['nodes'])} times): {rule['help']}: "
        f"{rule['nodes'][0]['html'][:200]} "
        f"[{' | '.join(rule['nodes'][0]['failureSummary'].splitlines()[1:])[:300]}]"
        for rule in found["violations"]
    ]


def overflow(page: Page) -> list[str]:
    """Elements that make a page wider than its window; empty if it needs no scrolling sideways."""
    found: list[str] = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth
          if (document.documentElement.scrollWidth <= width) return []
          const wide = [...document.body.querySelectorAll('*')].filter(
            (one) => {
              const { left, width: own } = one.getBoundingClientRect()
              return left + Math.max(own, one.scrollWidth) > width + 0.5
            })
          return [`page is ${document.documentElement.scrollWidth} px wide, not ${width}`,
            ...wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 120))]
        }"""
    )
    return found
