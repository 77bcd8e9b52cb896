"""What is typed about interviews. Rules are the actions' business."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import words_field
from applications.models import CAME, DID_NOT_COME, InterviewSession
from core.forms import Checkboxes, DateField, PortalForm, Radios
from core.layout import Fieldset, Question
from prospectus.models import ConsortiumPartner, Course
from providers.models import Organisation, Site

MOST_COURSES = 200  # to tick; whoever has more talks with everybody


def _time(label: Any, *, hint: Any, missing: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=hint,
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
        error_messages={"required": missing, "invalid": _("Enter a time like 14:30")},
    )


def _number(label: Any, *, hint: Any = "", missing: Any, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={"required": missing},
    )


class InterviewForm(PortalForm):
    """One interview. Where times are set up that are still free, the learner may be asked to choose one."""

    submit = _("Send the invitation")

    how = forms.ChoiceField(
        label=_("When?"),
        choices=[("choose", _("The learner chooses one of the free times")), ("fixed", _("At the time below"))],
        widget=Radios,
        error_messages={"required": _("Choose how the time is found")},
    )
    on = DateField(
        label=_("Date"),
        what=_("date of the interview"),
        help_text=_("For example, 4 12 2026"),
        error_messages={"required": _("Enter the date of the interview")},
    )
    at = _time(_("Time"), hint=_("For example, 14:30"), missing=_("Enter the time"))
    place = forms.CharField(
        label=_("Where"),
        max_length=200,
        error_messages={"required": _("Enter where the interview is, or how to join it")},
    )
    note = words_field(_("What to bring, whom to ask for"), rows=3)

    def __init__(self, *args: Any, free: int, is_for_many: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layout = ["on", "at", "place", "note"]
        if free:
            how: Any = self.fields["how"]
            how.help_text = gettext("Free now: %(free)s.") % {"free": free}
            if is_for_many:
                how.choices = [("choose", gettext("Each learner chooses one of the free times")), how.choices[1]]
            self.layout = [Question("how", legend_size="m"), *self.layout]
        else:
            del self.fields["how"]
        if self.is_bound and free and self.data.get("how") == "choose":
            for name in ("on", "at", "place"):
                self.fields[name].required = False

    @property
    def starts_at(self) -> dt.datetime | None:
        """Empty where the learner chooses."""
        if self.cleaned_data.get("how") == "choose":
            return None
        return timezone.make_aware(dt.datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"]))


class _SessionForm(PortalForm):
    site = forms.ChoiceField(label=_("Where?"), required=False)
    room = forms.CharField(
        label=_("Room, or how to join online"),
        max_length=120,
        help_text=_("For example, Room 12, or the address of the meeting"),
        error_messages={"required": _("Enter the room, or how to join")},
    )
    interviewers = forms.CharField(label=_("Who talks with the learners?"), max_length=120, required=False)
    note = words_field(_("What to bring, whom to ask for"), hint=_("Learners read this."), rows=3)
    courses = forms.ModelMultipleChoiceField(
        queryset=Course.objects.none(),
        label=_("For which courses?"),
        help_text=_("Choose none: for all of them."),
        required=False,
        widget=Checkboxes,
    )
    places = _number(
        _("How many learners at each time?"), missing=_("Enter how many learners come at each time"), least=1, most=200
    )
    change_hours = _number(
        _("Until how many hours before may learners change it themselves?"),
        missing=_("Enter a number of hours"),
        least=0,
        most=336,
    )

    def __init__(self, *args: Any, provider: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = Site.objects.filter(organisation=provider, ended_on=None).order_by("name")
        self.sites = {site.reference: site for site in sites}
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Online")),
            *((reference, str(site)) for reference, site in self.sites.items()),
        ]
        shared = ConsortiumPartner.objects.current().filter(provider=provider).values("consortium")
        taught = Course.objects.filter(Q(provider=provider) | Q(consortium__in=shared), state="published")
        published = taught.order_by("title", "pk")
        shown = list(published.values_list("pk", flat=True)[:MOST_COURSES])
        courses = Course.objects.filter(pk__in=shown).order_by("title", "pk")
        self.fields["courses"].queryset = courses  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        names = ("room", "interviewers", "note", "courses", "places", "change_hours")
        return {name: self.cleaned_data[name] for name in names} | {
            "site": self.sites.get(self.cleaned_data["site"]),
        }


class SessionForm(_SessionForm):
    """Times at which a provider talks with learners, on one day."""

    submit = _("Set these times up")
    WHEN = ("on", "begins", "ends", "slot_minutes", "places")
    WHERE = ("site", "room", "interviewers", "note")

    on = DateField(
        label=_("Day"),
        what=_("day"),
        help_text=_("For example, 4 12 2026"),
        error_messages={"required": _("Enter the day")},
    )
    begins = _time(_("It begins at"), hint=_("For example, 13:00"), missing=_("Enter when it begins"))
    ends = _time(_("It ends at"), hint=_("For example, 16:00"), missing=_("Enter when it ends"))
    slot_minutes = _number(
        _("How many minutes is one interview?"), missing=_("Enter how long one interview is"), least=5, most=480
    )
    is_closed_day_meant = forms.BooleanField(label=_("Yes, it is meant to be on that day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_layout()

    def set_layout(self, *, asks_about_closed_day: bool = False) -> None:
        """The question about a closed day is asked once there is reason to."""
        asks = asks_about_closed_day or bool(self.data.get("is_closed_day_meant"))
        self.layout = [
            Fieldset(gettext("When"), *self.WHEN, *(["is_closed_day_meant"] if asks else [])),
            Fieldset(gettext("Where, and with whom"), *self.WHERE),
            Question("courses", legend_size="m"),
            "change_hours",
        ]

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        return super().facts() | {
            "starts_at": timezone.make_aware(dt.datetime.combine(said["on"], said["begins"])),
            "ends_at": timezone.make_aware(dt.datetime.combine(said["on"], said["ends"])),
            "slot_minutes": said["slot_minutes"],
            "is_closed_day_meant": said["is_closed_day_meant"],
        }


class ChangeSessionForm(_SessionForm):
    submit = _("Save")

    def __init__(self, *args: Any, session: InterviewSession, **kwargs: Any) -> None:
        names = ("room", "interviewers", "note", "places", "change_hours")
        kwargs["initial"] = {name: getattr(session, name) for name in names} | {
            "site": session.site.reference if session.site else "",
            "courses": list(session.courses.values_list("pk", flat=True)),
        }
        super().__init__(*args, provider=session.provider, **kwargs)
        # What it is for stays so, although it is not published any more: for none would be for all.
        field: Any = self.fields["courses"]
        kept = Q(pk__in=field.queryset.values("pk")) | Q(pk__in=session.courses.values("pk"))
        field.queryset = Course.objects.filter(kept).order_by("title", "pk")
        if session.site and session.site.reference not in self.sites:
            self.sites[session.site.reference] = session.site  # where it is stays so, although it has closed since
            self.fields["site"].choices += [(session.site.reference, str(session.site))]  # type: ignore[attr-defined]
        self.layout = [
            Fieldset(gettext("Where, and with whom"), *SessionForm.WHERE),
            "places",
            "change_hours",
            Question("courses", legend_size="m"),
        ]


class GiveBackInterviewForm(PortalForm):
    submit = _("Give this time back")

    words = words_field(
        _("Why can you not come?"),
        required=_("Say in a few words why you cannot come"),
        hint=_("The people who wanted to talk with you read this."),
        rows=3,
    )


class AttendanceForm(PortalForm):
    """Who came, by the reference of the choice. Nothing chosen: not said yet."""

    submit = _("Save who came")

    def __init__(self, *args: Any, people: Iterable[tuple[str, str, bool | None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for reference, name, came in people:
            self.fields[f"came_{reference}"] = forms.ChoiceField(
                label=gettext("Did %(name)s come?") % {"name": name},
                choices=[("yes", CAME), ("no", DID_NOT_COME)],
                initial={True: "yes", False: "no"}.get(came),  # type: ignore[arg-type]
                widget=Radios(inline=True, small=True),
                required=False,
            )

    def marks(self) -> dict[str, bool]:
        """What was said, by reference."""
        said = {name.removeprefix("came_"): value for name, value in self.cleaned_data.items() if value}
        return {reference: value == "yes" for reference, value in said.items()}
