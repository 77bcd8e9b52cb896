"""A page as its reader sees it: where it leads, what can be pressed, what its boxes say already."""

import re
from typing import Any
from urllib.parse import urlsplit

from lxml import html

REFERENCE = re.compile(r"(?<=/)[ACDEFGHJKMNPQRTWXY34679]{10}(?=/)")


class Page:
    """A page that was answered. Links and forms are found by what their address looks like."""

    def __init__(self, text: str) -> None:
        # Bytes, because a text that names its encoding is refused.
        self.tree: Any = html.fromstring(text.encode() or b"<html></html>")

    def links(self, pattern: str) -> list[str]:
        """The addresses on it that match as a whole, each once, in their order."""
        found = (urlsplit(link)._replace(fragment="").geturl() for link in self.tree.xpath("//a/@href"))
        return list(dict.fromkeys(link for link in found if re.fullmatch(pattern, link)))

    def form(self, pattern: str = "", *, having: str = "") -> tuple[str, list[tuple[str, str]]] | None:
        """Where the first form posts to whose address matches and that has a box of this name, and what it says.

        What is not ticked says nothing. Without ``pattern`` a form that posts to its own page fits.
        """
        for form in self.tree.forms:
            action = form.get("action", "")
            if form.method != "POST" or (having and having not in form.fields):
                continue
            if re.fullmatch(pattern, action):
                return action, list(form.form_values())
        return None

    def values(self, name: str) -> list[str]:
        """What can be ticked or chosen in boxes of this name, wherever their form is."""
        return [str(one) for one in self.tree.xpath("//input[@name=$name]/@value", name=name)]

    def options(self, name: str) -> list[str]:
        """What can be chosen in the list of this name."""
        return [str(one) for one in self.tree.xpath("//select[@name=$name]/option/@value", name=name)]

    @property
    def files(self) -> list[str]:
        """The stylesheets and scripts of this site that it needs."""
        found = self.tree.xpath("//link[@rel='stylesheet']/@href | //script/@src")
        return [str(one) for one in found if str(one).startswith("/static/")]

    @property
    def refusal(self) -> str:
        """What the page says is wrong with what was sent; empty when it says nothing."""
        found = self.tree.xpath("//*[contains(@class, 'govuk-error-summary')]//li//text()")
        return " ".join(" ".join(found).split())


def kind_of(address: str) -> str:
    """The kind of page at an address: references stand as an ellipsis, and what is asked for is left out."""
    path = urlsplit(address).path
    path = "/static/…" if path.startswith("/static/") else REFERENCE.sub("…", path)
    return re.sub(r"^/courses/…/.+", "/courses/…/", path)


def filled(values: list[tuple[str, str]], **said: str) -> list[tuple[str, str]]:
    """The form's own values, with these in place of what they said."""
    return [(name, value) for name, value in values if name not in said] + list(said.items())
