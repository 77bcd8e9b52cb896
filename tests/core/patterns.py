"""A library of every part a page can be made of. It exists for the tests only."""

import datetime
from itertools import count

from django import forms
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView

from core.errors import RuleBroken, StaleState, TooManyTries
from core.forms import Checkboxes, DateField, PortalForm, Radios, UploadInput
from core.layout import Fieldset, Question

LEVELS = [("1", "Level 1"), ("2", "Level 2"), ("x", "I am not sure")]
SUBJECTS = [
    "Health and care", "Science and maths", "Animals, farming and plants", "Engineering and motor vehicles",
    "Building and construction", "Computing and digital", "Shops, hair and hospitality", "Sport, leisure and travel",
    "Art, music and media", "History and religion", "Society and geography", "Languages and English", "Education",
    "Getting ready for work", "Business and law",
]  # fmt: skip


class EveryField(PortalForm):
    submit = "Save and continue"
    cancel_url = "/"
    layout = [
        Fieldset("About you", "name", "email", "born_on"),
        Question("level", legend_size="m"),
        "subjects",
        "contact",
        "area",
        "cv",
        Question("statement", max_characters=4000),
        Question("fare", prefix="£", suffix="a week"),
        "password",
        "agrees",
    ]

    name = forms.CharField(
        label="Full name",
        help_text="As it is on your school record",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your full name"},
    )
    email = forms.EmailField(label="Email address", error_messages={"required": "Enter an email address"})
    born_on = DateField(
        label="Date of birth",
        what="date of birth",
        birthday=True,
        help_text="For example, 31 3 2009",
        error_messages={"required": "Enter your date of birth"},
    )
    level = forms.ChoiceField(
        label="Which level do you want?",
        choices=LEVELS,
        widget=Radios(hints={"1": "Like GCSE grades 3 to 1"}, dividers={"x": "or"}),
        error_messages={"required": "Select the level you want"},
    )
    subjects = forms.MultipleChoiceField(
        label="Subjects you like",
        choices=[("a", "Art"), ("b", "Business")],
        widget=Checkboxes(hints={"a": "Includes photography"}),
        error_messages={"required": "Select at least one subject"},
    )
    contact = forms.ChoiceField(
        label="May we text you?",
        choices=[("y", "Yes"), ("n", "No")],
        widget=Radios(inline=True),
        error_messages={"required": "Select yes if we may text you"},
    )
    area = forms.ChoiceField(
        label="Where do you live?",
        choices=[("", "Choose an area"), ("n", "North"), ("s", "South")],
        error_messages={"required": "Choose the area you live in"},
    )
    cv = forms.FileField(
        label="Your CV",
        widget=UploadInput,
        help_text="PDF or Word, up to 5 MB",
        error_messages={"required": "Choose a file"},
    )
    statement = forms.CharField(
        label="Personal statement",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Enter your personal statement"},
    )
    fare = forms.DecimalField(
        label="Travel cost", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    password = forms.CharField(
        label="Create a password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter a password"},
    )
    agrees = forms.BooleanField(
        label="I agree to share my application", error_messages={"required": "Tick to agree to share your application"}
    )


class UploadForm(PortalForm):
    submit = "Upload"
    upload = True

    file = forms.FileField(
        label="Courses", widget=UploadInput, help_text="XML or CSV", error_messages={"required": "Choose a file"}
    )


class PartsView(TemplateView):
    template_name = "patterns/parts.html"

    def get_context_data(self, **kwargs):
        paginator = Paginator(range(230), 10)
        return super().get_context_data(
            page_obj=paginator.page(7),
            last_page=paginator.page(23),
            today=datetime.date(2026, 3, 14),
            moment=datetime.datetime(2026, 3, 14, 15, 5, tzinfo=datetime.UTC),
            bar_rows=[("Building", 120, "/parts/"), ("Health", 60), ("Languages, literature and culture", 3)],
            **kwargs,
        )


class HomeView(TemplateView):
    template_name = "patterns/home.html"

    def get_context_data(self, **kwargs):
        subjects = [(f"subject-{number:02}", text) for number, text in enumerate(SUBJECTS, 1)]
        return super().get_context_data(subjects=subjects, **kwargs)


class FormPatternView(FormView):
    template_name = "patterns/form.html"
    form_class = EveryField
    success_url = "/parts/"


class UploadPatternView(FormView):
    template_name = "patterns/upload.html"
    form_class = UploadForm

    def form_valid(self, form):
        return redirect(f"/parts/?size={form.cleaned_data['file'].size}")


class Asked:
    """How often the poll was asked, so that a test can see it stop."""

    times = count(1)


def progress(request):
    done = min(3, next(Asked.times))
    response = render(request, "patterns/_progress.html", {"done": done})
    response.status_code = 286 if done == 3 else 200
    return response


@require_POST
def sign_out(request):
    logout(request)
    return redirect("home")


def refusal(request, kind):
    match kind:
        case "stale":
            raise StaleState
        case "often":
            raise TooManyTries("You have tried 20 codes.", wait_minutes=15)
        case "rule":
            raise RuleBroken("No", code="no")
        case _:
            return HttpResponse(status=204)
