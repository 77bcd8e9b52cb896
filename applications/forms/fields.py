"""Fields that several forms share. Rules are the actions' business."""

from django import forms

from core.forms import LongText


def words_field(label: str, *, required: str = "", hint: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(required),
        max_length=4000,
        help_text=hint,
        widget=LongText(attrs={"rows": rows}),
        error_messages={"required": required},
    )
