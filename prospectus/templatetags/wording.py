"""Phrases that stand inside sentences and need arithmetic or a loop: each as one piece that a language can place."""

import math
from collections.abc import Iterable

from django import template
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from providers.models import Organisation

register = template.Library()


@register.filter
def away(miles: float) -> str:
    """How far something is, for the middle of a sentence."""
    if miles < 1:
        return _("less than a mile away")
    shown = floatformat(miles, 0)
    return ngettext("about %(miles)s mile away", "about %(miles)s miles away", int(shown)) % {"miles": shown}


@register.filter
def counted(number: float) -> int:
    """The whole number that chooses the plural: half a mile is said as more than one."""
    return int(number) if number == int(number) else max(2, math.ceil(number))


@register.filter
def linked(organisations: Iterable[Organisation]) -> SafeString:
    """Their names, each leading to its page: “A, B and C”."""
    links = [
        format_html('<a href="{}">{}</a>', reverse("prospectus:provider", args=[each.reference]), each)
        for each in organisations
    ]
    *others, last = links
    if not others:
        return last
    return format_html(
        _("{others} and {last}"), others=format_html_join(", ", "{}", ((one,) for one in others)), last=last
    )
