import datetime as dt

from django import template

register = template.Library()


@register.filter
def as_day(text: str | None) -> dt.date | None:
    """A date out of a snapshot, which keeps dates as 2026-11-18."""
    return dt.date.fromisoformat(text) if text else None
