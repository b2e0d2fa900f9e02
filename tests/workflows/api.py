"""As much of GitHub's interface as a hub's workflows use, over HTTP on this machine."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.serving import Serving

Json = dict[str, Any]
REPOSITORY, TOKEN = "octocat/hub", "secret-token"


@dataclass
class Api(Serving):
    """A repository: its pull requests, the files they change, artifacts, comments and issues.

    Attributes:
        requests: What was asked: method, path and whether the token came along.
        archive: What the artifact of a run holds.
        changed: How many files a pull request changes, where it lists not all of them.
        downloads: Tokens that came along to where artifacts lie.
    """

    pulls: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    artifacts: list[Json] = field(default_factory=list)
    comments: list[Json] = field(default_factory=list)
    issues: list[Json] = field(default_factory=list)
    archive: bytes = b""
    changed: int = 0
    requests: list[tuple[str, str]] = field(default_factory=list)
    downloads: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                outer._answer(self, None)

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer._answer(self, json.loads(self.rfile.read(length)))

            do_PATCH = do_POST  # noqa: N815  # so http.server calls it

        super().__init__(Handler)
        # Artifacts lie at another host, where the token does not belong.
        self.elsewhere = f"http://localhost:{self.port}"
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a job is told of it."""
        return {"GITHUB_API_URL": self.url, "GITHUB_REPOSITORY": REPOSITORY}

    def _answer(self, handler: BaseHTTPRequestHandler, sent: Any) -> None:
        parts = urlsplit(handler.path)
        token = handler.headers.get("Authorization")
        if parts.path == "/archive":
            self.downloads.append(token)
            self._send(handler, 200, self.archive)
            return
        path = parts.path.removeprefix(f"/repos/{REPOSITORY}/")
        self.requests.append((handler.command, path))
        if token != f"Bearer {TOKEN}":
            self._send(handler, 401, b"{}")
        elif path.endswith("/zip"):
            handler.send_response(302)
            handler.send_header("Location", f"{self.elsewhere}/archive")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        else:
            asked = {key: value[0] for key, value in parse_qs(parts.query).items()}
            found = self._found(handler.command, path, asked, sent)
            status = 404 if found is None else 200
            self._send(handler, status, json.dumps(found).encode())

    def _found(self, method: str, path: str, asked: dict[str, str], sent: Any) -> Any:
        if method == "GET":
            return self._listed(path, asked)
        if match := re.fullmatch(r"issues/comments/(\d+)", path):
            known = next(one for one in self.comments if one["id"] == int(match[1]))
            return known | {"body": known.update(sent) or known["body"]}
        if re.fullmatch(r"issues/\d+/comments", path):
            bot = {"type": "Bot", "login": "github-actions[bot]"}
            self.comments.append({"id": len(self.comments) + 1, "user": bot, **sent})
            return self.comments[-1]
        if path == "issues":
            self.issues.append({"number": len(self.issues) + 1, **sent})
            return self.issues[-1]
        if match := re.fullmatch(r"issues/(\d+)", path):
            self.issues[int(match[1]) - 1].update(sent)
            return self.issues[int(match[1]) - 1]
        return None

    def _listed(self, path: str, asked: dict[str, str]) -> Any:
        if path == "pulls":
            listed = [one for one in self.pulls if one["label"] == asked["head"]]
        elif re.fullmatch(r"pulls/\d+/files", path):
            listed = self.files
        elif re.fullmatch(r"issues/\d+/comments", path):
            listed = self.comments
        elif re.fullmatch(r"pulls/\d+", path):
            return {"changed_files": self.changed or len(self.files)}
        elif path == "issues":
            listed = self.issues
        elif re.fullmatch(r"actions/runs/\d+/artifacts", path):
            return {"artifacts": self._page(self.artifacts, asked)}
        else:
            return None
        return self._page(listed, asked)

    @staticmethod
    def _page(listed: list[Json], asked: dict[str, str]) -> list[Json]:
        size, page = int(asked["per_page"]), int(asked["page"])
        return listed[(page - 1) * size : page * size]

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, status: int, data: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
