import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospectus.texts import clean_html, cut, first_sentences, plain_text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        ("Plain words", "<p>Plain words</p>"),
        ("One.\n\nTwo & three <4>.", "<p>One.</p><p>Two &amp; three &lt;4&gt;.</p>"),
        ("a\xa0b   c", "<p>a b c</p>"),
        ("<div><p>One</p> <p>Two</p></div>", "<p>One</p><p>Two</p>"),
        ("<div>One</div><div>Two</div>", "<p>One</p><p>Two</p>"),
        ("&lt;p&gt;Escaped&lt;/p&gt;", "<p>Escaped</p>"),
        ("<b>Bold</b> and <i>slanted</i>", "<p><strong>Bold</strong> and <em>slanted</em></p>"),
        ("<b><div>Bold</div></b>", "<p><strong>Bold</strong></p>"),
        (
            "<em>a<b>b<h2>c</h2></b></em>",
            "<p><em>a</em></p><p><em><strong>b</strong></em></p><h3><em><strong>c</strong></em></h3>",
        ),
        ("One <b></b> two", "<p>One two</p>"),
        ("<h1>Big</h1><h5>Small</h5>", "<h3>Big</h3><h4>Small</h4>"),
        ("<ul><li>One</li><li> </li></ul>", "<ul><li>One</li></ul>"),
        ("<p></p><div/><ul></ul>", ""),
        ("<p>Hi<script>alert(1)</script></p>", "<p>Hi</p>"),
        ('<p onclick="x()" style="color:red">Hi</p>', "<p>Hi</p>"),
        ('<p><a href="javascript:x()">Hi</a></p>', '<p><a rel="nofollow noopener">Hi</a></p>'),
        (
            '<p><a href="https://x.example/?a=1">Hi</a></p>',
            '<p><a href="https://x.example/?a=1" rel="nofollow noopener">Hi</a></p>',
        ),
        ("<table><tr><td>Fee</td><td>Free</td></tr></table>", "<p>Fee Free</p>"),
        ('<p><img src="x.png">Hi<br/>there</p>', "<p>Hi<br>there</p>"),
        ("<p>5 &lt; 6 &amp; 7</p>", "<p>5 &lt; 6 &amp; 7</p>"),
    ],
)
def test_mark_up_is_safe_and_tidy(written, kept):
    assert clean_html(written) == kept


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<div>", "</div>", "<ul>", "<li>", "</ul>", "<br>", "<b>", "</b>", "word",
             " ", "\n\n", "&amp;", "&lt;p&gt;", "&nbsp;", "<", "<h1>", "<script>", "</script>",
             "</h1>", '<a href="http://x.example">', "</a>", "<td>"]
        ),
        max_size=12,
    ).map("".join)
)  # fmt: skip
def test_cleaning_again_changes_nothing(written):
    once = clean_html(written)
    assert clean_html(once) == once
    assert "<script" not in once


@pytest.mark.parametrize("written", ["<b><p>0</p></b>", "<li><i><p>0</p></i></li>", "a <b>b <p>c</b> d"])
def test_clean_text_stays_as_it_is_inside_another_element(written):
    """As a feed carries it."""
    once = clean_html(written)
    assert clean_html(f"<div>{once}</div>") == once


def test_plain_words_of_html():
    assert plain_text("<p>One.</p><ul><li>Two</li><li>Three &amp; four</li></ul>") == "One. Two Three & four"


def test_cutting_ends_after_a_word():
    assert cut("one two three", 9) == "one two…"
    assert first_sentences("One. Two three. Four", limit=16) == "One. Two three."


def test_of_what_is_deeper_than_anybody_writes_only_the_words_are_kept():
    assert clean_html("<ul><li>" * 20 + "word") == "<ul><li>" * 20 + "word" + "</li></ul>" * 20
    assert clean_html("<ul><li>" * 2000 + "one &amp; two") == "<p>one &amp; two</p>"
