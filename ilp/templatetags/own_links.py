"""What people write to each other, as paragraphs in which a page of ours can be opened."""

import re

from django import template
from django.conf import settings
from django.utils.html import escape, format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
OWN_PAGE = re.compile("(" + re.escape(settings.PORTAL_ADDRESS) + r"/(?:[\w./?=&%#-]*[\w/=])?)")


@register.filter
def with_own_links(words: str) -> SafeString:
    """Only addresses of this site are links: a message leads no young person anywhere else by one touch."""
    pieces = (
        format_html('<a href="{0}">{0}</a>', piece) if number % 2 else escape(piece)
        for number, piece in enumerate(OWN_PAGE.split(words))
    )
    return mark_safe(linebreaks("".join(pieces)))  # noqa: S308 - each piece is escaped
