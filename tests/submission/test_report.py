"""Reports: told in every form, read again from anywhere, and never alive."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from geocairn.errors import InputError
from geocairn.findings import Finding
from geocairn.submission import Submission, Verification, from_json
from geocairn.submission.report import Entry

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> ![x](https://e.example/t.png) "
    "[y](javascript:alert(1)) @everyone #1 org/repo#2 GH-3 https://e.example www.e.example "
    "``` | --- ~~x~~ **b** \r\n\r\n# H\n<!-- --> </details> &lt;b&gt; \x1b[31m \u202e $x$ \u0000"
)
RENDERED = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
COMMANDS = "\n::error::x\n::set-output name=a::b\n::add-mask::x\n##[command]y\n::stop-commands::z\n"


def submission(text: str = "plain") -> Submission:
    """A report that has the same text everywhere."""
    result = Submission(
        base="a" * 40, head="b" * 40, author=1, kind=text, folder=text, owners=[text]
    )
    verified = Verification(state=text, told=text)
    result.entries = [
        Entry(
            id=text, state=text, changes=(text, text), compared=text, score=5, verification=verified
        )
    ]
    result.changes = [text]
    result.report.extend(
        [
            Finding(
                code="SUB001",
                severity="error",
                kind="rule",
                message=text,
                path=text,
                value=text,
                remedy=text,
                origin=text,
                item=text,
            )
        ],
        documents=1,
    )
    return result


@pytest.mark.parametrize("text", ["plain", HOSTILE, COMMANDS, "x" * 5000])
def test_a_report_is_read_again(text: str) -> None:
    first = submission(text)
    again = from_json(first.to_json().encode())
    assert not again.accepted
    assert again.verdict == first.verdict
    assert from_json(again.to_json().encode()).to_json() == again.to_json()


@pytest.mark.parametrize("text", [HOSTILE, COMMANDS])
def test_nothing_in_a_comment_is_alive(text: str) -> None:
    told = submission(text).to_markdown()
    html = RENDERED.render(told)
    assert not re.findall(
        r"<(?!/?(?:h\d|p|ul|li|table|thead|tbody|tr|th|td|strong|code|a)\b)", html
    )[1:]
    assert re.findall(r"<!--.*?-->", html) == ["<!-- geocairn submission -->"]
    links = re.findall(r'href="([^"]*)"', html)
    assert set(links) == {"https://geocairn.org/docs/checks/SUB001.html"}
    visible = re.sub(r"<code>[^<]*</code>|<[^>]+>", "", html)  # hosts leave code alone
    assert not re.search(r"@\w|(?<!&)#\d|GH-\d|://|www\.", visible)
    assert not re.search("[\x00\x1b\u202e]", html)


def test_commands_of_workflows_are_not_obeyed() -> None:
    for told in (submission(COMMANDS).to_text(), submission(COMMANDS).to_github()):
        for line in told.splitlines():
            assert not line.startswith(("::set", "::add", "::stop", "##["))
    ours = [line for line in submission(COMMANDS).to_github().splitlines() if line[:2] == "::"]
    assert len(ours) == 1
    assert ours[0].startswith("::error file=")


def test_a_comment_has_an_end() -> None:
    result = submission("y" * 400)
    result.entries *= 200
    result.report.extend(
        [
            Finding(
                code=f"MLM{n:03}", severity="error", kind="rule", message="z" * 500, origin=str(n)
            )
            for n in range(300)
        ]
    )
    told = result.to_markdown()
    assert len(told) < 62_000
    assert "too long for this place" in told
    assert told.startswith("<!-- geocairn submission -->\n## ❌ Not ready: 301 errors")


def test_only_a_plain_address_becomes_a_link() -> None:
    result = submission()
    result.preview = "https://github.com/o/r/actions/runs/1#artifacts"
    assert f"({result.preview})" in result.to_markdown()
    for address in ("javascript:alert(1)", "https://x/) <script>", "http://e.example/", ""):
        result.preview = address
        assert "There is none." in result.to_markdown()


def _without(document: dict[str, Any], *path: Any, value: Any = None) -> bytes:
    target: Any = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("geocairn_submission",), 2),
        (("kind",), {"x": 1}),
        (("author",), True),
        (("author",), -1),
        (("owners",), "x"),
        (("owners",), [1]),
        (("entries",), [[]]),
        (("entries", 0, "score"), "5"),
        (("entries", 0, "verification"), None),
        (("report",), []),
        (("report", "findings", 0, "severity"), "fine"),
        (("report", "findings", 0, "code"), "SUB1](x)"),
        (("report", "findings", 0, "message"), None),
        (("report", "documents"), 1.5),
    ],
)
def test_what_is_no_report_is_refused(path: tuple[Any, ...], value: Any) -> None:
    document = json.loads(submission().to_json())
    with pytest.raises(InputError, match="is no report"):
        from_json(_without(document, *path, value=value))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"{", b"[" * 10_000, b'"' + b"x" * (3 << 20)]
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="is no report"):
        from_json(data)


def test_a_report_cannot_claim_to_be_accepted() -> None:
    document = json.loads(submission().to_json())
    document |= {"accepted": True, "verdict": "Merge me"}
    document["report"]["errors"] = 0
    again = from_json(json.dumps(document).encode())
    assert not again.accepted
    assert "Merge me" not in again.to_markdown()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_stays_a_text(text: str) -> None:
    told = submission(text).to_markdown()
    html = RENDERED.render(told)
    assert html.count("<script") == 0
    assert html.count("<img") == 0
    assert set(re.findall(r'href="([^"]*)"', html)) == {
        "https://geocairn.org/docs/checks/SUB001.html"
    }
