"""Build, serve, watch, build again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from geocairn import layout
from geocairn.errors import HubError
from geocairn.packaged import packaged
from geocairn.preview.server import News, Server
from geocairn.preview.watch import Watch

__all__ = ["Preview", "preview"]

_CHECKOUT = Path(__file__).parents[3]
_GRACE = 15.0


@dataclass(frozen=True, slots=True)
class Preview:
    """What to show, and how.

    Attributes:
        hub: Folder of the hub.
        sources: What it is built from; those that are paths are watched.
        arguments: Further arguments of ``geocairn build``.
        settings: The hub's settings file, which is watched.
        build: Whether to build; otherwise the hub is served as it is.
        port: The port; 0 takes any that is free.
        open: Whether to open a browser.
    """

    hub: Path
    sources: tuple[str, ...] = ("catalog",)
    arguments: tuple[str, ...] = ()
    settings: Path = Path("geocairn.toml")
    build: bool = True
    port: int = 8000
    open: bool = False


def preview(options: Preview, *, tell: Callable[[str], None]) -> None:
    """Serve a hub until interrupted, and build it again whenever something changes.

    Builds run in a process of their own, so that they are of the code as it is now.

    Args:
        options: What to show.
        tell: Takes lines for whoever watches.

    Raises:
        HubError: If there is nothing to serve: the first build failed, or there is no hub.
        GeocairnError: If the port cannot be had.
        KeyboardInterrupt: When interrupted; by then the server has ended.
    """
    news = News()
    with Server(options.hub, port=options.port, news=news) as server:
        assets = options.build and _Assets.here()
        watch = Watch(_watched(options)) if options.build else None
        error = None
        if options.build:
            tell("Building ...")
            error = (assets and assets.build(needed=False)) or _build(options, tell)
        _refuse_nothing(options.hub, error)
        if error:
            tell(f"{error}\nThe hub is shown as it was before.")
            news.tell(error)
        tell(f"{options.hub} is at {server.url} (Ctrl-C ends)")
        if options.open:
            webbrowser.open(server.url)
        while watch is not None:
            changed = watch.wait()
            tell(f"{_named(changed)} changed; building ...")
            error = (assets and assets.build(needed=assets.concerned(changed))) or _build(
                options, tell
            )
            if error:
                tell(error)
            news.tell(error)
        while True:
            time.sleep(3600)


@dataclass(frozen=True, slots=True)
class _Assets:
    """Scripts and styles of a checkout, which Node bundles."""

    site: Path
    built: Path

    @classmethod
    def here(cls) -> _Assets | None:
        """Those of this checkout; None where geocairn was installed, with built ones."""
        site = _CHECKOUT / "site"
        if packaged("site") or not (site / "build.mjs").is_file():
            return None
        return cls(site, _CHECKOUT / "_build/site/manifest.json")

    def concerned(self, changed: Iterable[Path]) -> bool:
        """Whether anything that changed goes into a bundle."""
        parts = [self.site / name for name in ("assets", "locale", "templates", "build.mjs")]
        return any(path.is_relative_to(part) for path in changed for part in parts)

    def build(self, *, needed: bool) -> str | None:
        """Bundle, if needed or not yet done; gives what went wrong."""
        if not needed and self.built.is_file():
            return None
        node = shutil.which("node")
        if node is None:
            return "The assets of the pages need Node.js 20 or newer, which is not on the PATH."
        code, said = _run([node, str(self.site / "build.mjs")])
        return said or f"{self.site / 'build.mjs'} failed" if code else None


def _build(options: Preview, tell: Callable[[str], None]) -> str | None:
    """Build the hub; gives what went wrong."""
    begun = time.monotonic()
    command = [sys.executable, "-m", "geocairn", "build", *options.sources]
    command += ["--output", str(options.hub), "--quiet", *options.arguments]
    code, said = _run(command)
    # With --keep-going, 1 says that something was left out; the rest is published.
    if code == 0 or (code == 1 and "--keep-going" in options.arguments):
        tell("\n".join(filter(None, (said, f"Built in {time.monotonic() - begun:.1f} s."))))
        return None
    return said or f"geocairn build ended with {code}"


def _run(command: Sequence[str]) -> tuple[int, str]:
    """Run to the end; gives exit code and messages. An interrupt ends it, too."""
    process = subprocess.Popen(  # noqa: S603 - our own programs
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        said = process.communicate()[1]
    except BaseException:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
        raise
    return process.returncode, said.strip()


def _watched(options: Preview) -> list[Path]:
    found = [Path(source) for source in options.sources if "://" not in source]
    found.append(options.settings)
    if _Assets.here():
        found += [_CHECKOUT / "site", _CHECKOUT / "builder"]
    return found


def _named(changed: Sequence[Path]) -> str:
    more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
    path = changed[0]
    here = Path.cwd()
    return f"{path.relative_to(here) if path.is_relative_to(here) else path}{more}"


def _refuse_nothing(hub: Path, error: str | None) -> None:
    if (hub / layout.MANIFEST).is_file():
        return
    if error:
        raise HubError(f"there is nothing to show, for the build failed:\n{error}", where=str(hub))
    raise HubError(
        "is no hub",
        where=str(hub),
        remedy="Build it with `geocairn build`, or leave --no-build out.",
    )
