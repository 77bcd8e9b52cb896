"""The parts pages are made of. Arguments by keyword only, so that a typo is an error; HTML in templates/components.

All are template builtins. Tags with words inside them end with ``end`` and their name.
"""

import datetime
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _

from core.figures import Bar, bars_of, lines_of
from core.slots import fills

register = template.Library()

Words = str | Promise  # what a template wrote, or words that are translated when they are drawn
BACK, PROGRESS, PAGES, CHANGE = _("Back"), _("Progress"), _("Pages"), _("Change")
ICON_NAME = re.compile(r"[a-z0-9-]+")


def _draw(component: str, /, **context: Any) -> SafeString:
    return render_to_string(f"components/{component}.html", context)


# --- small things


@register.filter
def isolate(value: Any) -> SafeString | str:
    """A name, a code, a number or an address of other letters inside words that run from right to left."""
    return format_html("<bdi>{}</bdi>", value) if get_language_bidi() else conditional_escape(value)


@register.simple_tag
def tag(*, text: Words, colour: str = "") -> SafeString:
    """A word of how something stands. Lists have several in each row: no template is begun for each."""
    look = f"govuk-tag govuk-tag--{colour}" if colour else "govuk-tag"
    return format_html('<strong class="{}">{}</strong>\n', look, text)


@register.inclusion_tag("components/button.html")
def button(*, text: str, url: str, colour: str = "", hidden_what: str = "") -> dict[str, Any]:
    """A link that looks like a button: it goes somewhere and changes nothing."""
    return {"text": text, "url": url, "colour": colour, "hidden_what": hidden_what}


@register.inclusion_tag("components/post_button.html")
def post_button(*, text: str, url: str, colour: str = "", hidden_what: str = "", seen: str = "") -> dict[str, Any]:
    """A form of one button: it changes something. ``hidden_what`` is read aloud after the text; ``seen`` is the mark
    of what was read before it was pressed."""
    return {"text": text, "url": url, "colour": colour, "hidden_what": hidden_what, "seen": seen}


@register.inclusion_tag("components/back_link.html")
def back_link(*, url: str, text: Words = BACK) -> dict[str, Any]:
    return {"text": text, "url": url}


@register.simple_tag
def icon(*, name: str) -> SafeString:
    """A drawing of ours, decoration only: the words beside it say the same."""
    return _icon(name)


@cache
def _icon(name: str) -> SafeString:
    if not ICON_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of an icon")
    drawing = (Path(settings.BASE_DIR) / "static" / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip()
    attributes = ' class="icon" aria-hidden="true" focusable="false"'
    return mark_safe(drawing.replace("<svg", f"<svg{attributes}", 1))  # noqa: S308 - our own file, no outside text


@register.simple_tag
def journey_url(*, to: str, start: str = "") -> str:
    """The journey planner's page for this postcode; empty where there is no planner or no postcode."""
    if not (settings.JOURNEY_URL and to):
        return ""
    filled: str = settings.JOURNEY_URL.replace("{to}", quote(to, safe=""))
    return filled.replace("{from}", quote(start, safe=""))


@register.inclusion_tag("components/count.html")
def count(*, number: int | str, label: str, url: str = "", tone: str = "") -> dict[str, Any]:
    return {"number": f"{number:,}" if isinstance(number, int) else number, "label": label, "url": url, "tone": tone}


@register.inclusion_tag("components/empty_state.html")
def empty_state(*, heading: str, text: str, url: str = "", action: str = "", icon: str = "search") -> dict[str, Any]:
    """There is nothing here yet, and this is what to do about it."""
    return {"heading": heading, "text": text, "url": url, "action": action, "icon": icon}


@register.inclusion_tag("components/progress.html")
def progress(*, value: int, maximum: int, text: str, label: Words = PROGRESS) -> dict[str, Any]:
    return {"value": value, "maximum": maximum, "text": text, "label": label}


@register.inclusion_tag("components/refresh.html")
def refresh(*, seconds: int) -> dict[str, Any]:
    """For block ``head``: without scripts the page loads itself again after so many seconds."""
    return {"seconds": seconds}


@register.inclusion_tag("components/tile.html")
def tile(*, text: str, url: str, icon: str, hint: str = "") -> dict[str, Any]:
    return {"text": text, "url": url, "icon": icon, "hint": hint}


# --- lists and figures


@register.inclusion_tag("components/pagination.html")
def pagination(
    *,
    page: Page[Any] | None = None,
    request: HttpRequest | None = None,
    previous_url: str = "",
    next_url: str = "",
    label: Words = PAGES,
) -> dict[str, Any]:
    """Links to the pages of a list. With ``request`` the rest of the query string stays as it is.

    A list that goes on where a page ended gives ``next_url`` as well as ``page``.
    """
    numbers: list[dict[str, Any]] = []
    if page is not None and page.paginator.num_pages > 1:
        kept = request.GET.copy() if request else None

        def address(number: int) -> str:
            if kept is None:
                return f"?page={number}"
            kept.pop("after", None)
            kept["page"] = str(number)
            return f"?{kept.urlencode()}"

        previous_url = address(page.previous_page_number()) if page.has_previous() else ""
        next_url = next_url or (address(page.next_page_number()) if page.has_next() else "")
        numbers = [
            {"number": number, "url": address(number), "is_current": number == page.number}
            if isinstance(number, int)
            else {"number": None}
            for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        ]
    return {"numbers": numbers, "previous_url": previous_url, "next_url": next_url, "label": label}


@register.inclusion_tag("components/bars.html")
def bars(*, caption: str, heading: str, unit: str, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    """A bar chart that is a table. Rows are (text, number) or (text, number, url)."""
    drawn: list[Bar] = bars_of(rows)
    return {"caption": caption, "heading": heading, "unit": unit, "bars": drawn}


@register.inclusion_tag("components/line_chart.html")
def line_chart(
    *,
    name: str,
    caption: str,
    summary: str,
    labels: list[str],
    series: list[tuple[str, list[float | None]]],
    most: float = 0,
    unit: str = "",
) -> dict[str, Any]:
    """Lines over days. ``summary`` says in a sentence what they show; the table that has their numbers is the page's.
    ``name`` is the chart's own on its page."""
    chart = lines_of(series, labels=labels, most=most, unit=unit)
    return {"name": name, "caption": caption, "summary": summary, "chart": chart}


# --- tags with words inside


@register.simple_block_tag
def notice(content: str, *, heading: str = "", kind: str = "information") -> SafeString:
    return _draw("notice", content=content, heading=heading, kind=kind)


@register.simple_block_tag
def panel(content: str, *, title: str) -> SafeString:
    return _draw("panel", content=content, title=title)


@register.simple_block_tag
def card(
    content: str, *, heading: str, url: str = "", level: int = 3, tag: str = "", tag_colour: str = ""
) -> SafeString:
    return _draw("card", content=content, heading=heading, url=url, level=level, tag=tag, tag_colour=tag_colour)


@register.simple_block_tag
def grid(content: str) -> SafeString:
    return format_html('<div class="grid">{}</div>', content)


@register.simple_block_tag
def tiles(content: str) -> SafeString:
    return format_html('<ul class="tiles">{}</ul>', content)


@register.simple_block_tag
def counts(content: str) -> SafeString:
    return format_html('<ul class="counts">{}</ul>', content)


@register.simple_block_tag
def details(content: str, *, summary: str, is_open: bool = False) -> SafeString:
    return _draw("details", content=content, summary=summary, is_open=is_open)


@register.simple_block_tag
def summary_list(content: str) -> SafeString:
    return format_html('<dl class="govuk-summary-list">{}</dl>', content)


@register.simple_block_tag
def summary_row(
    content: str, *, key: str, change_url: str = "", change_what: str = "", change_text: Words = CHANGE
) -> SafeString:
    """One question and its answer. ``change_what`` is read aloud after "Change"."""
    return _draw(
        "summary_row",
        content=content,
        key=key,
        change_url=change_url,
        change_what=change_what or key.lower(),
        change_text=change_text,
    )


@register.simple_block_tag
def task_list(content: str) -> SafeString:
    return format_html('<ul class="govuk-task-list">{}</ul>', content)


@register.inclusion_tag("components/task.html")
def task(*, text: str, status: str, url: str = "", colour: str = "", hint: str = "") -> dict[str, Any]:
    return {"text": text, "status": status, "url": url, "colour": colour, "hint": hint}


@register.simple_block_tag
def steps(content: str) -> SafeString:
    return format_html('<ol class="steps">{}</ol>', content)


@register.simple_block_tag
def step(content: str, *, heading: str, when: datetime.date | str | None = None, state: str = "next") -> SafeString:
    """One thing that happens; ``state`` is "done", "now" or "next"."""
    is_date = isinstance(when, datetime.date)
    return _draw("step", content=content, heading=heading, when=when, is_date=is_date, state=state)


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    return format_html('<ol class="timeline">{}</ol>', content)


@register.simple_block_tag
def event(content: str, *, at: datetime.datetime, by: str = "") -> SafeString:
    return _draw("event", content=content, at=at, by=by)


@register.simple_block_tag
def breadcrumbs(content: str) -> SafeString:
    return _draw("breadcrumbs", content=content)


@register.inclusion_tag("components/crumb.html")
def crumb(*, text: str, url: str = "") -> dict[str, Any]:
    return {"text": text, "url": url}


@register.simple_block_tag
def chips(content: str, *, label: str = "") -> SafeString:
    return _draw("chips", content=content, label=label)


@register.inclusion_tag("components/chip.html")
def chip(*, text: str, remove_url: str = "") -> dict[str, Any]:
    """A short fact, or (with ``remove_url``) a filter that can be taken off."""
    return {"text": text, "remove_url": remove_url}


@register.simple_block_tag
def facet(content: str, *, legend: str, is_open: bool = False) -> SafeString:
    """A group of filters that folds away: on a phone the results come first."""
    return _draw("facet", content=content, legend=legend, is_open=is_open)


@register.inclusion_tag("components/facet_option.html")
def facet_option(
    *, name: str, value: str, text: str, count: int | None = None, is_checked: bool = False, is_single: bool = False
) -> dict[str, Any]:
    return {
        "id": re.sub(r"[^a-zA-Z0-9]+", "-", f"{name}-{value or 'any'}"),
        "name": name,
        "value": value,
        "text": text,
        "count": count,
        "is_checked": is_checked,
        "kind": "radio" if is_single else "checkbox",
    }


@register.simple_block_tag
def table(content: str, *, caption: str, caption_hidden: bool = False, size: str = "m") -> SafeString:
    """A table whose rows become cards on a phone: every ``td`` carries ``data-label``, its column's heading."""
    return _draw("table", content=content, caption=caption, caption_hidden=caption_hidden, size=size)


@register.simple_block_tag
def poll(content: str, *, url: str, every: str = "700ms", name: str = "progress") -> SafeString:
    """A part of the page that asks again and again until the answer has status 286."""
    return _draw("poll", content=content, url=url, every=every, name=name)


# --- what a higher floor adds to a lower floor's page


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, thing: Any = None) -> SafeString:
    """Everything that was registered for this place (core.slots); empty where nothing was."""
    request = context["request"]
    parts = []
    for fill in fills(name):
        filled = fill.context(request, thing)
        if filled is not None:
            parts.append(render_to_string(fill.template, filled, request=request))
    return mark_safe("".join(parts))  # noqa: S308 - joined from templates that escape
