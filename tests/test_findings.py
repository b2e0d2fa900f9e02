from __future__ import annotations

import json
import pickle

import pytest

from geocairn.findings import Finding, Report, json_path, printable, short_json


def finding(code: str = "MLM030", **changes: object) -> Finding:
    fields: dict[str, object] = {
        "code": code,
        "severity": "error",
        "kind": "rule",
        "message": "names a band without a definition",
        "path": "$.properties['mlm:input'][0].bands[3]",
        "value": '"B8A"',
        "remedy": "Define the band in bands.",
        "origin": "catalog/floods/unet/1.0.0/item.json",
        "item": "unet-1.0.0",
    }
    return Finding(**{**fields, **changes})


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((), "$"),
        (("properties", "mlm:input", 0, "bands"), "$.properties['mlm:input'][0].bands"),
        (("it's",), "$['it\\'s']"),
        (("a\\b",), "$['a\\\\b']"),
        (("",), "$['']"),
    ],
)
def test_json_path(parts: tuple[str | int, ...], text: str) -> None:
    assert json_path(parts) == text


def test_short_json_is_short_and_bounded() -> None:
    assert short_json({"a": [1, None, "x"]}) == '{"a":[1,null,"x"]}'
    assert len(short_json("x" * 1000)) == 80
    assert len(short_json([[[["deep"] * 1000] * 1000] * 1000] * 1000)) == 80
    assert short_json(10**25) == "1" + "0" * 25
    assert "digits" in short_json(10**400)


def test_text_has_place_value_and_remedy_gravest_first() -> None:
    report = Report()
    report.extend([finding("STAC061", severity="advice"), finding()], documents=1)
    lines = report.to_text().splitlines()
    assert lines[0] == "catalog/floods/unet/1.0.0/item.json: unet-1.0.0"
    assert lines[1].startswith("  MLM030 error $.properties['mlm:input'][0].bands[3] = \"B8A\": ")
    assert lines[2] == "      Define the band in bands."
    assert lines[3].startswith("  STAC061 advice ")
    assert lines[-1] == "1 error, 1 piece of advice in 1 document"
    assert "\x1b[" not in report.to_text()
    assert "\x1b[31merror\x1b[0m" in report.to_text(color=True)


def test_nothing_found() -> None:
    report = Report()
    report.extend([], documents=2)
    assert report.to_text() == "nothing to report in 2 documents"
    assert not report.failed(strict=True)


def test_only_so_many_of_a_code_are_kept_but_all_are_counted() -> None:
    report = Report(limit=3)
    report.extend((finding(item=str(n)) for n in range(10)), documents=10)
    report.add(finding("STAC011", severity="warning"))
    assert [f.item for f in report.kept] == ["0", "1", "2", "unet-1.0.0"]
    assert (report.errors, report.warnings) == (10, 1)
    assert "MLM030: 7 more not shown" in report.to_text()
    assert json.loads(report.to_json())["not_shown"] == {"MLM030": 7}


@pytest.mark.parametrize("sizes", [(2, 5), (5, 2), (0, 9), (9, 0), (3, 3)])
def test_merging_counts_like_adding(sizes: tuple[int, int]) -> None:
    parts = [Report(limit=4), Report(limit=4)]
    for part, size in zip(parts, sizes, strict=True):
        part.extend((finding(item=f"{id(part)}-{n}") for n in range(size)), documents=size)
    merged = pickle.loads(pickle.dumps(parts[0]))
    merged.merge(parts[1])
    assert merged.counts["MLM030"] == merged.errors == sum(sizes) == merged.documents
    assert len(merged.kept) == min(4, sum(sizes))


def test_json_round_trips_every_field() -> None:
    report = Report()
    report.extend([finding()], documents=1)
    document = json.loads(report.to_json())
    assert Finding(**document["findings"][0]) == finding()
    assert document["counts"] == {"MLM030": 1}
    assert (document["documents"], document["errors"]) == (1, 1)


def test_markdown_escapes_what_documents_say() -> None:
    report = Report()
    report.add(
        finding(
            message="<img src=x onerror=alert(1)> | [x](javascript:alert(1)) @team https://e.org"
        )
    )
    text = report.to_markdown()
    assert "<img" not in text
    assert "\\| \\[x\\]\\(javascript:alert\\(1\\)\\)" in text
    assert "@team" not in text
    assert "https://e.org" not in text
    assert "[MLM030](https://geocairn.org/docs/checks/MLM030.html) error" in text


def test_markdown_stays_within_its_limit() -> None:
    report = Report()
    report.extend((finding(item=str(n)) for n in range(1000)), documents=1000)
    text = report.to_markdown(limit=5000)
    assert len(text) <= 5000
    assert "left out" in text
    assert text.endswith("**1,000 errors in 1,000 documents**")


def test_github_commands_are_escaped() -> None:
    report = Report()
    report.extend(
        [
            finding(message="100%\n::error::forged", origin="a,b:c.json", item="x"),
            finding("STAC011", severity="warning", origin="items.ndjson:17"),
            finding("MLM003", severity="advice", origin="https://example.org/item.json"),
        ],
        documents=3,
    )
    lines = report.to_github().splitlines()
    assert lines[0].startswith("::error file=a%2Cb%3Ac.json,title=MLM030 x::")
    assert r"100%25\x0a::error::forged" in lines[0]
    assert lines[1].startswith("::warning file=items.ndjson,line=17,title=STAC011")
    assert lines[2].startswith("::notice title=MLM003")
    assert sum(line.startswith("::error") for line in lines) == 1


def test_control_characters_cannot_reach_a_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec\n") == "a\\x1b[2Jb\\x202ec\\x0a"


def test_outline_shows_errors_in_full_and_counts_the_rest() -> None:
    report = Report()
    for number in range(30):
        report.extend(
            [
                Finding(
                    code="MLM001",
                    severity="error",
                    kind="rule",
                    message="is wrong",
                    origin=f"file:{number}",
                    remedy="Mend it.",
                ),
                Finding(
                    code="STAC050",
                    severity="warning",
                    kind="rule",
                    message="is not given",
                    path="$.properties.license",
                    origin=f"file:{number}",
                ),
            ],
            documents=1,
        )
    outline = report.to_outline(limit=3)
    assert outline.count("Mend it.") == 3
    assert "27 more documents have errors." in outline
    assert "STAC050 warning, 30 times: $.properties.license: is not given" in outline
    assert "first in file:0" in outline
    assert outline.endswith("30 errors, 30 warnings in 30 documents")
