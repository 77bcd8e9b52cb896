"""Cleaned HTML as somebody types it into a plain box, and back.

An empty line starts a paragraph, "- " or "1. " a line of a list, "### " a heading; **bold** and [words](address) are as
in many chats. Whoever knows none of this types paragraphs, and gets paragraphs.
"""

import html
import re
from html.parser import HTMLParser

from prospectus.texts import KNOWN_TAG, clean_html

ITEM = re.compile(r"[-*•–] +(?=\S)")
NUMBERED = re.compile(r"\d{1,2}[.)] +(?=\S)")
HEADING = re.compile(r"(#{3,4}) +(?=\S)")
BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()<>\"]+)\)")


class _Typing(HTMLParser):
    """Writes cleaned HTML down as plain lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lists: list[list[int | None]] = []
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "br":
                self.parts.append("\n")
            case "ul" | "ol":
                self.lists.append([0 if tag == "ol" else None])
            case "li":
                self.parts.append(self._mark())
            case "h3" | "h4":
                self.parts.append("#" * int(tag[1]) + " ")
            case "strong":
                self.parts.append("**")
            case "a":
                self.href = dict(attrs).get("href") or ""
                self.parts.append("[")

    def _mark(self) -> str:
        if not self.lists or self.lists[-1][0] is None:
            return "- "
        number = self.lists[-1][0] = self.lists[-1][0] + 1
        return f"{number}. "

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "p" | "h3" | "h4":
                self.parts.append("\n\n")
            case "ul" | "ol":
                self.lists = self.lists[:-1]
                self.parts.append("\n")
            case "li":
                self.parts.append("\n")
            case "strong":
                self.parts.append("**")
            case "a":
                self.parts.append(f"]({self.href})")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def as_typed(clean: str) -> str:
    """What to put into the box: the words of cleaned HTML, in plain lines."""
    typing = _Typing()
    typing.feed(clean)
    typing.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(typing.parts)).strip()


def from_typed(text: str) -> str:
    """Safe HTML of what somebody typed. Pasted HTML is cleaned as it is."""
    if KNOWN_TAG.search(text):
        return clean_html(text)
    blocks = re.split(r"\n[^\S\n]*\n\s*", text.replace("\r\n", "\n").strip())
    return clean_html("".join(_block(block) for block in blocks))


def _block(block: str) -> str:
    """One paragraph, heading or list; lists may stand directly under the words that introduce them."""
    written: list[tuple[str, list[str]]] = []
    for line in filter(None, (line.strip() for line in block.split("\n"))):
        kind, words = _line(line)
        if not written or written[-1][0] != kind or kind.startswith("h"):
            written.append((kind, []))
        written[-1][1].append(_inline(words))
    return "".join(_drawn(kind, lines) for kind, lines in written)


def _line(line: str) -> tuple[str, str]:
    for pattern, kind in ((ITEM, "ul"), (NUMBERED, "ol")):
        if match := pattern.match(line):
            return kind, line[match.end() :]
    if match := HEADING.match(line):
        return f"h{len(match[1])}", line[match.end() :]
    return "p", line


def _drawn(kind: str, lines: list[str]) -> str:
    if kind in ("ul", "ol"):
        return f"<{kind}>{''.join(f'<li>{line}</li>' for line in lines)}</{kind}>"
    return f"<{kind}>{'<br>'.join(lines)}</{kind}>"


def _inline(words: str) -> str:
    safe = html.escape(words, quote=False)
    return LINK.sub(r'<a href="\2">\1</a>', BOLD.sub(r"<strong>\1</strong>", safe))
