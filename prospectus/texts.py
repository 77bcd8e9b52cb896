"""Text that people or feeds wrote, made safe and tidy. The web form and every import use these functions."""

import html
import re
from collections.abc import Collection

import nh3

TAGS = {"p", "ul", "ol", "li", "strong", "em", "br", "h3", "h4", "a"}
# What other tags become before cleaning, so that their blocks do not run into each other.
RENAMED = {
    **dict.fromkeys(("div", "section", "article", "blockquote", "pre", "dt", "dd", "tr", "caption", "address"), "p"),
    **dict.fromkeys(("h1", "h2"), "h3"),
    **dict.fromkeys(("h5", "h6"), "h4"),
    "b": "strong",
    "i": "em",
    "td": "",
    "th": "",
}
KNOWN_TAG = re.compile(
    r"</?(?:p|br|ul|ol|li|div|b|i|u|strong|em|a|span|font|h[1-6]|table|tbody|tr|td|th|blockquote|pre|sup|sub|img|hr|script"
    r"|style|section|article|dl|dt|dd|iframe|object|o:p)\b[^<>]*>",
    re.IGNORECASE,
)
ESCAPED_TAG = re.compile(r"&lt;/?(?:p|br|ul|ol|li|div|b|i|strong|em|a|span|h[1-6])\b", re.IGNORECASE)
TO_RENAME = re.compile(rf"<(/?)({'|'.join(RENAMED)})\b[^<>]*>", re.IGNORECASE)
BLOCK = r"p|ul|ol|li|h3|h4"
AROUND_BLOCK = re.compile(rf" ?(</?(?:{BLOCK})>) ?|(?: |<br>)+(?=</(?:{BLOCK})>)")
EMPTY_BLOCK = re.compile(r"<(p|ul|ol|li|h3|h4|strong|em|a)(?: [^<>]*)?>(?:\s|<br>)*</\1>")
FIRST_BLOCK = re.compile(rf"(.*?)((?:<(?:{BLOCK})>.*)?)$", re.DOTALL)
# Bold, slanted or linked, with a block inside before its end; as much again, whole, may stand inside before that.
AROUND_A_BLOCK = re.compile(
    rf"<(strong|em|a)(?: [^<>]*)?>"
    rf"(?=(?:(?!</?\1[ >]).|<\1[ >](?:(?!</?\1[ >]).)*</\1>)*?<(?:{BLOCK})>)",
    re.DOTALL,
)
DEEPEST = 50  # one in the other; each would be a pass over the whole text, so of what is deeper only the words are kept
MOST_PASSES = 5  # one for nearly all; what is nested deeper than this nobody wrote for readers
LINK = re.compile(r'<a [^<>]*?href="([^"]*)"[^<>]*>(.*?)</a>', re.DOTALL)
TAG = re.compile(r"<[^<>]*>")
PLAIN_PARAGRAPHS = re.compile(r"(?:<p>[^<>]+</p>)+")
BLOCK_END = re.compile(rf"</(?:{BLOCK})>|<br>")
# Characters that are no text: no XML, and so no feed, can hold them.
NOT_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n\s*")


def tidy(text: str) -> str:
    """One line: HTML entities read, every run of white space one space. Tidying it again changes nothing."""
    text = " ".join(text.split())
    while "&" in text and (plain := " ".join(html.unescape(text).split())) != text:
        text = plain  # "R&amp;amp;D" was escaped once too often
    return text


def without_controls(text: str) -> str:
    """The text without the characters that are no text."""
    if text.isprintable():  # nearly all is, and is known to be five times as fast
        return text
    return NOT_TEXT.sub("", text) if NOT_TEXT.search(text) else text


def as_html(text: str) -> str:
    """The text as HTML, not yet safe: plain text has become paragraphs, escaped HTML is HTML again."""
    text = _unescaped(text)
    return text if _is_marked_up(text) else _paragraphs(text)


def clean_html(text: str) -> str:
    """Safe HTML of few tags, tidy, "" when nothing is left. Cleaning it again changes nothing."""
    text = _unescaped(text)
    if not _is_marked_up(text):
        return _paragraphs(text)
    text = _safe(TO_RENAME.sub(_renamed, text))
    if _depth(text) > DEEPEST:
        return _paragraphs(plain_text(text))
    for _ in range(MOST_PASSES):
        # Every reader of HTML moves a paragraph out of the bold, or the link, around it, each in its own way unless
        # a paragraph begins before it. Then the bold is inside, and the text is read the same wherever it is put.
        if not AROUND_A_BLOCK.search(text):
            break
        text = _safe(AROUND_A_BLOCK.sub(r"<p>\g<0>", text))
    text = " ".join(text.replace("&nbsp;", " ").split())
    previous = None
    while text != previous:  # an emptied item can leave an empty list around it, or words outside every block
        previous = text
        text = _in_a_block(" ".join(EMPTY_BLOCK.sub("", AROUND_BLOCK.sub(r"\1", text)).split()))
    return text


def as_written(clean: str) -> str:
    """Cleaned HTML as somebody would type it into a cell: paragraphs with an empty line between; the HTML itself where
    it says more than that. ``clean_html`` makes the same of it again."""
    if PLAIN_PARAGRAPHS.fullmatch(clean):
        written = html.unescape(clean.removeprefix("<p>").removesuffix("</p>").replace("</p><p>", "\n\n"))
        if clean_html(written) == clean:
            return written
    return clean


def plain_text(clean: str) -> str:
    """The words of cleaned HTML on one line."""
    return tidy(TAG.sub("", BLOCK_END.sub(" ", clean)))


def addresses_in(clean: str) -> list[str]:
    """The web addresses that cleaned HTML leads to, in order."""
    return [html.unescape(address) for address, _words in LINK.findall(clean)]


def without_addresses(clean: str, addresses: Collection[str]) -> str:
    """Cleaned HTML that leads to none of these; the words of a link stay, unless they are only the address."""

    def words(link: re.Match) -> str:
        address, said = html.unescape(link[1]), link[2]
        if address not in addresses:
            return link[0]
        return "" if _bare(plain_text(said)) == _bare(address) else said

    return clean_html(LINK.sub(words, clean))


def _bare(address: str) -> str:
    return address.strip().removeprefix("https://").removeprefix("http://").removesuffix("/")


def first_paragraph(clean: str, *, at_least: int) -> str:
    """The words of the first paragraph of cleaned HTML that is long enough to say something; lists are passed over."""
    paragraphs = (plain_text(match[1]) for match in re.finditer(r"<p>(.*?)</p>", clean))
    return next((paragraph for paragraph in paragraphs if len(paragraph) >= at_least), "")


def first_sentences(text: str, *, limit: int) -> str:
    """As many whole sentences from the start as fit; a longer first sentence is cut after a word."""
    if len(text) <= limit:
        return text
    ends = [match.end() for match in re.finditer(r"[.!?](?= )", text[: limit + 1])]
    return text[: ends[-1]] if ends else cut(text, limit)


def cut(text: str, limit: int) -> str:
    """No longer than ``limit``; what was cut off ends in an ellipsis after a whole word."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _safe(text: str) -> str:
    return nh3.clean(
        text,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="nofollow noopener",
    )


def _depth(clean: str) -> int:
    """How many elements stand one in the other, at the most."""
    depth = deepest = 0
    for tag in TAG.finditer(clean):
        if tag[0] != "<br>":
            depth += -1 if tag[0].startswith("</") else 1
            deepest = max(deepest, depth)
    return deepest


def _unescaped(text: str) -> str:
    return html.unescape(text) if "&" in text and "<" not in text and ESCAPED_TAG.search(text) else text


def _is_marked_up(text: str) -> bool:
    # A character is looked for fifty times as fast as a tag, and most texts of a spreadsheet have none.
    return "<" in text and KNOWN_TAG.search(text) is not None


def _paragraphs(text: str) -> str:
    paragraphs = (tidy(part) for part in PARAGRAPH_BREAK.split(text.strip().replace("\r\n", "\n")))
    return "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs if paragraph)


def _renamed(tag: re.Match) -> str:
    name = RENAMED[tag[2].lower()]
    return f"<{tag[1]}{name}>" if name else " "


def _in_a_block(text: str) -> str:
    """The text with a paragraph around what stands before its first block, unless mark-up reaches into that block."""
    head, rest = FIRST_BLOCK.match(text).groups()  # type: ignore[union-attr]
    is_whole = all(len(re.findall(rf"<{name}\b", head)) == head.count(f"</{name}>") for name in ("strong", "em", "a"))
    return f"<p>{head.strip()}</p>{rest}" if head.strip() and is_whole else text
