"""The base form of every page, and fields and widgets that follow the GOV.UK Design System's patterns."""

import copy
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import FIRST_YEAR, LAST_YEAR
from core.display import CHOICES, READING


class _PortalFormMixin:
    """Sets up crispy once: a form says its fields, its order and its button, and nothing else about its HTML."""

    submit: Any = _("Continue")
    submit_colour = ""  # "warning" for what cannot be undone, "secondary" for what is not the main thing to do
    cancel_url = ""
    action = ""
    method = "post"
    upload = False  # shows how far an upload has got, where scripts run
    layout: Sequence[Any] | None = None  # names and layout objects, in order; None is the fields as declared

    fields: dict[str, forms.Field]

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = self.method
        helper.form_action = self.action
        helper.render_hidden_fields = True
        # Crispy writes into layout objects while it draws, so those of the class are copied for each drawing.
        helper.layout = Layout(*copy.deepcopy(list(self.layout if self.layout is not None else self.fields)))
        if self.upload:
            helper.attrs["data-upload"] = ""
        helper.submit = self.submit
        helper.submit_colour = self.submit_colour
        helper.cancel_url = self.cancel_url
        helper.upload = self.upload
        return helper


class PortalForm(_PortalFormMixin, forms.Form):
    """A form drawn by ``{% crispy form %}`` with the portal's own template pack."""


class ConfirmForm(PortalForm):
    """Nothing to fill in: a button that says what it does."""

    def __init__(self, *args: Any, submit: str, submit_colour: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit, self.submit_colour = submit, submit_colour


class PortalModelForm(_PortalFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """The same for a form that is about one row."""


class _WithHints:
    """Adds a hint under, and a divider above, single choices."""

    def __init__(
        self,
        *args: Any,
        hints: Mapping[str, str] | None = None,
        dividers: Mapping[str, str] | None = None,
        inline: bool = False,
        small: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.hints, self.dividers = hints or {}, dividers or {}
        self.inline, self.small = inline, small

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["hint"] = self.hints.get(str(value))
        option["divider"] = self.dividers.get(str(value))
        return option


class Radios(_WithHints, forms.RadioSelect):
    """One choice of several, all in view."""


class Checkboxes(_WithHints, forms.CheckboxSelectMultiple):
    """Several choices of several, all in view."""


def plain_lines(text: str) -> str:
    """The text with line ends as people count them: browsers send each as two characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class LongText(forms.Textarea):
    """A text of several lines. What is read from it has plain line ends, so that its length is what the page counts."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return plain_lines(value) if isinstance(value, str) else value


class UploadInput(forms.FileInput):
    """A file. Where scripts run it is also a place to drop one; elsewhere it is a plain file input."""


DATE_PARTS = ("day", "month", "year")
ANY_DATE = _("date")
# Whole sentences: other languages do not put theirs together as English does.
MISSING_WORDS = {
    ("day",): _("%(what)s must include a day"),
    ("month",): _("%(what)s must include a month"),
    ("year",): _("%(what)s must include a year"),
    ("day", "month"): _("%(what)s must include a day and a month"),
    ("day", "year"): _("%(what)s must include a day and a year"),
    ("month", "year"): _("%(what)s must include a month and a year"),
}
WORDY_WORDS = {
    ("day",): _("The day must be in numbers, like 31 3 2009"),
    ("month",): _("The month must be in numbers, like 31 3 2009"),
    ("year",): _("The year must be in numbers, like 31 3 2009"),
    ("day", "month"): _("The day and month must be in numbers, like 31 3 2009"),
    ("day", "year"): _("The day and year must be in numbers, like 31 3 2009"),
    ("month", "year"): _("The month and year must be in numbers, like 31 3 2009"),
    ("day", "month", "year"): _("The day and month and year must be in numbers, like 31 3 2009"),
}


class DateParts(forms.MultiWidget):
    """Three boxes for the numbers of a date."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, birthday: bool = False) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {}
        for part in DATE_PARTS:
            width = 4 if part == "year" else 2
            box = {"class": f"govuk-input govuk-date-input__input govuk-input--width-{width}", "inputmode": "numeric"}
            if birthday:
                box["autocomplete"] = f"bday-{part}"
            boxes[part] = forms.TextInput(attrs=box)
        super().__init__(boxes, attrs)

    def decompress(self, value: datetime.date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class DateField(forms.MultiValueField):
    """A date typed as three numbers. Its errors say which part is wrong, in ``params["parts"]`` and in words.

    ``what`` names the date inside those errors: "date of birth must include a year".
    """

    def __init__(self, *, what: Any = ANY_DATE, birthday: bool = False, **kwargs: Any) -> None:
        self.what = capfirst(what)
        kwargs.setdefault("widget", DateParts(birthday=birthday))
        boxes = [forms.CharField(required=False, max_length=9) for _part in DATE_PARTS]
        super().__init__(fields=boxes, require_all_fields=False, **kwargs)

    def clean(self, value: Sequence[str] | None) -> datetime.date | None:
        typed = [(part or "").strip() for part in (value or ["", "", ""])]
        missing = [name for name, part in zip(DATE_PARTS, typed, strict=True) if not part]
        if len(missing) == 3:
            if self.required:
                raise self._wrong(str(self.error_messages["required"]), DATE_PARTS, code="required")
            return None
        if missing:
            words = MISSING_WORDS[tuple(missing)] % {"what": self.what}
            raise self._wrong(words, missing, code="incomplete")
        wordy = [name for name, part in zip(DATE_PARTS, typed, strict=True) if not (part.isascii() and part.isdigit())]
        if wordy:
            raise self._wrong(str(WORDY_WORDS[tuple(wordy)]), wordy)
        day, month, year = (int(part) for part in typed)
        if not 1 <= month <= 12:
            raise self._wrong(gettext("The month must be a number from 1 to 12"), ["month"])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise self._wrong(gettext("The year must have 4 numbers, like 2009"), ["year"])
        try:
            date = datetime.date(year, month, day)
        except ValueError:
            words = gettext("%(what)s must be a real date: that month has no day %(day)s")
            raise self._wrong(words % {"what": self.what, "day": day}, ["day"]) from None
        self.run_validators(date)
        return date

    def has_changed(self, initial: datetime.date | None, data: Sequence[str] | None) -> bool:
        try:
            return self.clean(data) != initial
        except ValidationError:
            return True

    @staticmethod
    def _wrong(message: str, parts: Sequence[str], code: str = "invalid") -> ValidationError:
        return ValidationError(message, code=code, params={"parts": list(parts)})


class DisplayForm(PortalForm):
    """How pages should look on this device."""

    submit = _("Save")

    theme = forms.ChoiceField(label=_("Colours"), choices=CHOICES["theme"].items(), widget=Radios)
    font = forms.ChoiceField(label=_("Typeface"), choices=CHOICES["font"].items(), widget=Radios)
    size = forms.ChoiceField(label=_("Text size"), choices=CHOICES["size"].items(), widget=Radios)
    spacing = forms.ChoiceField(label=_("Spacing"), choices=CHOICES["spacing"].items(), widget=Radios)
    motion = forms.ChoiceField(label=_("Pictures and movement"), choices=CHOICES["motion"].items(), widget=Radios)
    reading = forms.ChoiceField(label=_("Your plan"), choices=READING.items(), widget=Radios, required=False)


class ForgetForm(PortalForm):
    """Nothing to fill in: a button."""

    submit = _("Forget me on this device")
    submit_colour = "warning"
