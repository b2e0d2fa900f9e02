from __future__ import annotations

import pytest

from geocairn.compile.pages.markdown import markdown, safe_href


def test_plain_text_is_a_paragraph() -> None:
    assert markdown('Trained in "Nepal".') == "<p>Trained in &quot;Nepal&quot;.</p>"
    assert markdown("   ") == ""


def test_markdown_is_markdown() -> None:
    html = markdown("**a** `b`\n\n- c\n\n| d |\n| ---: |\n| 1 |\n\n~~e~~")
    for part in (
        "<strong>a</strong>",
        "<code>b</code>",
        "<li>c</li>",
        '<td class="end">1</td>',
        "<s>e</s>",
    ):
        assert part in html


@pytest.mark.parametrize(
    ("text", "unsafe"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<p onclick=alert(1)>x</p>", "onclick"),
        ("<iframe src=https://x.example></iframe>", "iframe"),
        ("[x](javascript:alert(1))", 'javascript:alert(1)"'),
        ("<a href='data:text/html,x'>x</a>", 'href="data:'),
        ("<style>*{display:none}</style>", "display"),
        ("<p style='position:fixed' class='header' id='main'>x</p>", "position"),
        ("<form action=https://x.example><input></form>", "form"),
        ("<svg><use href='https://x.example'/></svg>", "svg"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("![x](https://x.example/y.png)", "<img"),
    ],
)
def test_what_is_unsafe_is_gone(text: str, unsafe: str) -> None:
    assert unsafe not in markdown(text)


def test_ids_and_classes_of_others_are_gone() -> None:
    html = markdown("<p class='header' id='main'>x</p>")
    assert "id=" not in html
    assert "class=" not in html


def test_images_become_links() -> None:
    html = markdown("![a map](https://x.example/y.png)")
    assert '<a href="https://x.example/y.png"' in html
    assert ">a map</a>" in html


def test_headings_come_below_those_of_the_page() -> None:
    html = markdown("# Title\n\n## One\n\n### Two")
    assert "Title" not in html
    assert "<h3>One</h3>" in html
    assert "<h4>Two</h4>" in html


def test_what_the_page_says_already_is_left_out() -> None:
    html = markdown("# Title\n\nSame `words`.\n\nMore.", without="Same `words`.")
    assert "Same" not in html
    assert "More." in html


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://x.example", "https://x.example"),
        ("a/b", "a/b"),
        ("javascript:x", None),
        (" java\tscript:x", None),
        ("//x.example", None),
        ("http://[bad", None),
    ],
)
def test_addresses(href: str, expected: str | None) -> None:
    assert safe_href(href) == expected
