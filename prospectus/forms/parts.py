"""The shape of the parts of a shared course."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm
from prospectus.actions.parts import MOST_PARTS, Part
from prospectus.forms.desk import MIDDLE, MomentField
from prospectus.forms.entry import Rows
from prospectus.models import Course
from providers.models import Organisation, Site


class PartForm(PortalForm):
    """One part. A row left empty is none."""

    name = forms.CharField(
        label=_("Part"),
        max_length=120,
        widget=forms.TextInput(attrs=MIDDLE),
        error_messages={"required": _("Name the part")},
    )
    provider = forms.ChoiceField(label=_("Who teaches it"), error_messages={"required": _("Choose who teaches it")})
    site = forms.ChoiceField(label=_("Where"), required=False)
    days = forms.CharField(
        label=_("When in the week"),
        required=False,
        max_length=80,
        help_text=_("Mondays and Tuesdays, for example"),
        widget=forms.TextInput(attrs=MIDDLE),
    )

    def __init__(self, *args: Any, teachers: dict[str, Organisation], sites: dict[str, Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teachers, self.sites = teachers, sites
        self.fields["provider"].choices = [("", "Choose"), *((key, str(who)) for key, who in teachers.items())]
        places: dict[str, list[tuple[str, str]]] = {str(who): [] for who in teachers.values()}
        names = {who.pk: str(who) for who in teachers.values()}
        for key, site in sites.items():
            places[names[site.organisation_id]].append((key, str(site)))
        self.fields["site"].choices = [
            ("", gettext("Not said")),
            *((name, each) for name, each in places.items() if each),
        ]

    def part(self) -> Part:
        said = self.cleaned_data
        return Part(said["name"], self.teachers[said["provider"]], self.sites.get(said["site"]), said["days"])


class PartsForm(PortalForm):
    """The moment of the course, and a row for each part with one to spare."""

    submit = ""

    as_of = MomentField()

    def __init__(
        self,
        data: Any = None,
        *args: Any,
        course: Course,
        teachers: Sequence[Organisation],
        sites: Sequence[Site],
        held: Sequence[Any] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, *args, initial={"as_of": course.changed_at.isoformat()}, **kwargs)
        rows = formset_factory(
            PartForm,
            formset=Rows,
            extra=0 if len(held) >= MOST_PARTS else 1,
            can_delete=True,
            max_num=MOST_PARTS,
            absolute_max=2 * MOST_PARTS,
        )
        initial = [
            {
                "name": part.name,
                "provider": part.provider.reference,
                "site": str(part.site_id or ""),
                "days": part.days,
            }
            for part in held
        ]
        choices = {
            "teachers": {who.reference: who for who in teachers},
            "sites": {str(site.pk): site for site in sites},
        }
        self.rows: BaseFormSet = rows(data, prefix="row", initial=initial, form_kwargs=choices)

    def is_valid(self) -> bool:
        return super().is_valid() and self.rows.is_valid()

    def parts(self) -> list[Part]:
        """The rows that say something and were not taken out."""
        said = (row for row in self.rows.forms if row.has_changed() or row.initial)
        return [row.part() for row in said if not row.cleaned_data["DELETE"]]


def with_one_more(data: Any) -> Any:
    """What was typed so far and one more empty row; nothing is checked or saved yet."""
    data = data.copy()
    total = data.get("row-TOTAL_FORMS", "")
    number = int(total) if total.isdecimal() and len(total) < 3 else 1
    data["row-TOTAL_FORMS"] = str(min(number + 1, MOST_PARTS))
    return data
