"""The button that keeps a course in mind. A page that has it also has one ``{% keep_form %}``, outside other forms."""

from typing import Any

from django import template

from prospectus.models import Course

register = template.Library()


@register.inclusion_tag("prospectus/_keep_form.html")
def keep_form() -> dict[str, Any]:
    """The form that all such buttons of the page belong to. It has no token, so that the page is the same for all."""
    return {}


@register.inclusion_tag("prospectus/_keep.html", takes_context=True)
def keep_button(context: Any, *, course: Course) -> dict[str, Any]:
    """Keep this course, or stop keeping it. It works in an ``{% include … only %}`` too."""
    kept = context.request.shortlist.references
    return {"course": course, "is_kept": course.reference in kept}
