"""Tags of the form pack: the input itself, the parts of a date, the error summary. All are template builtins."""

from typing import Any

from django import forms, template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import languages
from core.forms import DATE_PARTS, DateParts
from core.layout import OPTIONS

register = template.Library()

# The first widget class that fits decides how a field is drawn.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (DateParts, "date"),
    (forms.CheckboxInput, "checkbox"),
    (forms.FileInput, "file"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
)
PART_LABELS = {"day": gettext_lazy("Day"), "month": gettext_lazy("Month"), "year": gettext_lazy("Year")}
CLASSES = {
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "file": "govuk-file-upload",
    "checkbox": "govuk-checkboxes__input",
}


@register.filter
def kind(field: BoundField) -> str:
    """What to draw for this field: the key of one branch in ``portal/field.html``."""
    widget = field.field.widget
    return next((name for cls, name in KINDS if isinstance(widget, cls)), "input")


@register.simple_tag
def control(field: BoundField, *, classes: str = "", described_by: str = "", **attrs: Any) -> SafeString:
    """The field's own input with the design system's classes. Django writes aria-describedby and aria-invalid."""
    base = CLASSES.get(kind(field), "govuk-input")
    names = [base, classes, field.field.widget.attrs.get("class", "")]
    if field.errors and base != CLASSES["checkbox"]:
        names.append(f"{base}--error")
    attrs["class"] = " ".join(name for name in names if name)
    if described_by:
        attrs["aria-describedby"] = " ".join(filter(None, (field.aria_describedby, described_by)))
    return field.as_widget(attrs=attrs)


@register.simple_tag
def password_words() -> SafeString:
    """What the password box's script says, where that is not its own English."""
    if languages.current().code == languages.ENGLISH:
        return mark_safe("")
    words = {
        "show-password": _("Show"),
        "hide-password": _("Hide"),
        "show-password-aria-label": _("Show password"),
        "hide-password-aria-label": _("Hide password"),
        "password-shown-announcement": _("Your password is visible"),
        "password-hidden-announcement": _("Your password is hidden"),
    }
    return format_html_join("", ' data-i18n.{}="{}"', words.items())


def wrong_parts(field: BoundField) -> list[str]:
    """Which parts of a date its errors are about; empty when they are about the whole."""
    if field.name not in field.form.errors:
        return []
    errors = field.form.errors[field.name].as_data()
    return [part for error in errors for part in (error.params or {}).get("parts", [])]


@register.simple_tag
def date_parts(field: BoundField) -> list[dict[str, Any]]:
    """The three boxes of a date, each with whether it is (part of) what is wrong."""
    wrong = wrong_parts(field)
    boxes = field.subwidgets[0].data["subwidgets"]
    return [
        {
            "label": PART_LABELS[part],
            "id": box["attrs"]["id"],
            "name": box["name"],
            "value": box["value"],
            "attrs": box["attrs"],
            "is_wrong": bool(field.errors) and (not wrong or part in wrong),
        }
        for part, box in zip(DATE_PARTS, boxes, strict=True)
    ]


def first_id(field: BoundField) -> str:
    """The id of the control that an error message leads to: one that can take the keyboard."""
    match kind(field):
        case "radios" | "checkboxes":
            return f"{field.auto_id}_0"
        case "date":
            wrong = wrong_parts(field)
            return f"{field.auto_id}_{DATE_PARTS.index(wrong[0]) if wrong else 0}"
        case _:
            return field.auto_id


@register.inclusion_tag("components/error_summary.html")
def error_summary(*answered: BaseForm | None) -> dict[str, Any]:
    """Everything that is wrong, each as a link to where it is put right. Nothing at all when nothing is."""
    items: list[tuple[str, str]] = []
    for form in answered:
        if form is None or not form.is_bound:
            continue
        items += [("", str(error)) for error in form.non_field_errors()]
        items += [("", str(error)) for hidden in form.hidden_fields() for error in hidden.errors]
        items += [(first_id(shown), str(error)) for shown in form.visible_fields() for error in shown.errors]
    return {"items": items}


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """One field by itself, with the options of ``core.layout.Question``."""
    if unknown := set(options) - OPTIONS:
        raise template.TemplateSyntaxError(f"field does not know {', '.join(sorted(unknown))}")
    return render_to_string("portal/field.html", {"field": bound, "field_options": options})
