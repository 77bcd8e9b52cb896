"""Words out of XML elements, whichever of three ways a feed writes its mark-up."""

import html
import re

from lxml import etree

from prospectus.imports.feed import XSI_TYPE
from prospectus.texts import tidy

TAG_NAME = re.compile(r"[a-z][a-z0-9]*", re.IGNORECASE)


def text_of(element: etree._Element) -> str:
    """All words inside, on one line."""
    if len(element):
        return tidy(" ".join(element.itertext()))
    return tidy(element.text) if element.text else ""


def rich_text(element: etree._Element) -> str:
    """The inside with its mark-up: XHTML children, HTML in CDATA, escaped HTML, or plain text.

    Not safe yet: ``texts.clean_html`` makes it so. An element with only a link is that link.
    """
    if len(element):
        if not text_of(element):
            return ""
        only = element[0] if len(element) == 1 and not (element.text or "").strip() else None
        if only is not None and etree.QName(only).localname == "div" and not (only.tail or "").strip():
            return f"<div>{_inside(only)}</div>"
        return f"<div>{_inside(element)}</div>"
    if element.text and element.text.strip():
        return element.text
    if address := element.get("href", ""):
        return f'<p><a href="{html.escape(address)}">{html.escape(address)}</a></p>'
    return ""


def local_type(element: etree._Element, *, keep_case: bool = False) -> str:
    """The type an element claims, without prefix and spaces: "xcriTerms:careerOutcome" and "Career Outcome" agree."""
    text = (element.get(XSI_TYPE) or element.get("type") or "").rpartition(":")[2]
    return text if keep_case else text.replace(" ", "").lower()


def _inside(element: etree._Element) -> str:
    parts = [html.escape(element.text or "", quote=False)]
    for child in element:
        name = etree.QName(child).localname
        if name.lower() == "br":
            parts.append("<br>")
        elif TAG_NAME.fullmatch(name):
            link = f' href="{html.escape(child.get("href", ""))}"' if child.get("href") else ""
            parts.append(f"<{name}{link}>{_inside(child)}</{name}>")
        else:
            parts.append(_inside(child))
        parts.append(html.escape(child.tail or "", quote=False))
    return "".join(parts)
