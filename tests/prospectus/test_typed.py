import pytest

from prospectus.texts import clean_html
from prospectus.typed import as_typed, from_typed

PAIRS = [
    ("Fit pipes.", "<p>Fit pipes.</p>"),
    ("Fit pipes.\n\nMend boilers.", "<p>Fit pipes.</p><p>Mend boilers.</p>"),
    ("One line\nand the next", "<p>One line<br>and the next</p>"),
    ("- pipes\n- boilers", "<ul><li>pipes</li><li>boilers</li></ul>"),
    ("1. pipes\n2. boilers", "<ol><li>pipes</li><li>boilers</li></ol>"),
    ("### Year 1\n\nPipes & drains", "<h3>Year 1</h3><p>Pipes &amp; drains</p>"),
    ("You need **maths**.", "<p>You need <strong>maths</strong>.</p>"),
    (
        "See [our site](https://www.example.org/a?b=1&c=2).",
        '<p>See <a href="https://www.example.org/a?b=1&amp;c=2" rel="nofollow noopener">our site</a>.</p>',
    ),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "html"), PAIRS)
def test_what_is_typed_is_safe_html_and_comes_back_as_typed(typed, html):
    assert from_typed(typed) == html
    assert as_typed(html) == typed
    assert clean_html(html) == html


def test_a_list_may_stand_directly_under_its_words():
    assert from_typed("You learn:\n• pipes\n* boilers\r\nand more") == (
        "<p>You learn:</p><ul><li>pipes</li><li>boilers</li></ul><p>and more</p>"
    )


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("<script>alert(1)</script>Pipes", "<p>Pipes</p>"),
        ("[here](javascript:alert(1))", "<p>[here](javascript:alert(1))</p>"),
        ("5 < 6 and 7 > 6", "<p>5 &lt; 6 and 7 &gt; 6</p>"),
        ('<p onclick="x()">Pasted <b>words</b></p>', "<p>Pasted <strong>words</strong></p>"),
        ("- \n-", "<p>-<br>-</p>"),
        ("** not bold **", "<p>** not bold **</p>"),
    ],
)
def test_nothing_typed_runs_and_odd_marks_are_words(typed, html):
    assert from_typed(typed) == html
