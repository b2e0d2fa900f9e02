"""GitHub's interface for programs, as far as a hub's workflows need it.

Meant for a job of a workflow: the address, the repository and the token come from the environment
that GitHub gives it (https://docs.github.com/actions/reference/workflows-and-actions/variables).
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from geocairn import _io
from geocairn.errors import ConfigError, InputError

__all__ = ["GitHub", "from_environment"]

_PATIENCE = 30
_LARGEST = 8 << 20
_A_PAGE = 100
_MOST_PAGES = 40


@dataclass(frozen=True, slots=True)
class GitHub:
    """One repository at GitHub.

    Attributes:
        api: Address of the interface, such as ``https://api.github.com``.
        repository: Owner and name, such as ``octocat/hub``.
        token: What it lets itself be known by; sent to that address only.
    """

    api: str
    repository: str
    token: str

    def get(self, path: str, **query: str | int) -> Any:
        """A document, by its path below the repository.

        Raises:
            InputError: If it cannot be had.
        """
        asked = f"?{urlencode(query)}" if query else ""
        return _io.loads(self._ask("GET", f"{path}{asked}"), where=path)

    def pages(self, path: str, *, key: str = "", **query: str | int) -> Iterator[dict[str, Any]]:
        """The entries of a list, page by page; at most 4,000.

        Args:
            path: Its path below the repository.
            key: The member that has the list, where it is not the document itself.
            query: What is asked for.

        Raises:
            InputError: If it cannot be had.
        """
        for page in range(1, _MOST_PAGES + 1):
            document = self.get(path, per_page=_A_PAGE, page=page, **query)
            entries = document.get(key) if key and isinstance(document, dict) else document
            if not isinstance(entries, list):
                raise InputError("is not the list that it should be", where=path)
            yield from (entry for entry in entries if isinstance(entry, dict))
            if len(entries) < _A_PAGE:
                return

    def send(self, method: str, path: str, document: dict[str, Any]) -> Any:
        """Create or change something; gives what it is then.

        Raises:
            InputError: If it is refused.
        """
        return _io.loads(self._ask(method, path, json.dumps(document).encode()), where=path)

    def download(self, path: str, *, limit: int) -> bytes:
        """A file, wherever GitHub keeps it.

        Raises:
            InputError: If it cannot be had, or is larger than the limit, in bytes.
        """
        data = self._ask("GET", path, limit=limit)
        if len(data) > limit:
            raise InputError(f"has more than {limit:,} bytes", where=path)
        return data

    def _ask(
        self, method: str, path: str, body: bytes | None = None, *, limit: int = _LARGEST
    ) -> bytes:
        url = f"{self.api.rstrip('/')}/repos/{self.repository}/{path}"
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "User-Agent": "geocairn",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        request = urllib.request.Request(url, data=body, headers=headers, method=method)  # noqa: S310
        try:
            with urllib.request.build_opener(_Elsewhere).open(request, timeout=_PATIENCE) as answer:
                data: bytes = answer.read(limit + 1)
                return data
        except urllib.error.HTTPError as error:
            said = error.read(300).decode("utf-8", "replace")
            raise InputError(
                f"GitHub answers {error.code} to {method}: {said}",
                where=path,
                remedy="Check the permissions of the job.",
            ) from error
        except (OSError, HTTPException) as error:
            raise InputError(
                f"GitHub cannot be reached: {error}", where=path, remedy="Try again later."
            ) from error


class _Elsewhere(urllib.request.HTTPRedirectHandler):
    """Follows redirects without the token: files lie with others, at addresses that are enough."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """See `urllib.request.HTTPRedirectHandler`."""
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            request.remove_header("Authorization")
        return request


def from_environment() -> GitHub:
    """The repository that a workflow runs for.

    Raises:
        ConfigError: If this is no job of a workflow, or it has no token.
    """
    names = ("GITHUB_REPOSITORY", "GITHUB_TOKEN")
    for name in names:
        if not os.environ.get(name):
            raise ConfigError(
                f"{name} is not set",
                remedy="Run this in a job of a workflow, and give the step the token.",
            )
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    return GitHub(api, *(os.environ[name] for name in names))
