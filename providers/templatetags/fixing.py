from collections.abc import Mapping

from django import template

from providers.queries.fixing import CellToFix

register = template.Library()


@register.simple_tag
def now_typed(row: int, cell: CellToFix, typed: Mapping[int, Mapping[int, str]] | str) -> str:
    """What stands in the box of this cell: what somebody has just typed, or else what the cell says."""
    return typed.get(row, {}).get(cell.place, cell.text) if isinstance(typed, Mapping) else cell.text
