"""The search form: what the address says, as clean values, and the filters beside the results."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from core import clock
from prospectus.queries import MILES, CourseQuery, Names, Place, Results, filter_names, place_of
from prospectus.queries.names import month_name
from providers.models import Organisation

FILTERS = (
    "level", "subject", "kind", "stage", "type", "mode", "delivery", "pattern", "start", "month", "places", "area",
    "apply",
)  # fmt: skip
LEGENDS = {
    "sector": _("Subject"),
    "subject": _("More exactly"),
    "level": _("Level"),
    "kind": _("Kind of learning"),
    "stage": _("When in school"),
    "mode": _("Full time or part time"),
    "start": _("Start"),
    "month": _("Month it starts"),
    "places": _("Places"),
    "pattern": _("Time of the day or week"),
    "delivery": _("How you learn"),
    "type": _("Qualification"),
    "area": _("Area"),
    "provider": _("College or provider"),
    "apply": _("Apply"),
}
SORTS = {"": _("Best match"), "soonest": _("Soonest start"), "title": _("A to Z")}
MOST_OPTIONS = 8
ALONE = ("apply", "places")  # one option is a question worth asking
OPEN_AT_FIRST = ("sector", "level")


class KnownValues(forms.MultipleChoiceField):
    """Those of the values that exist. Old links and mistyped addresses still work: what is not known is remembered."""

    unknown: tuple[str, ...] = ()

    def to_python(self, value: Any) -> list[str]:
        values = list(dict.fromkeys(super().to_python(value)))
        self.unknown = tuple(one for one in values if not self.valid_value(one))
        return [one for one in values if self.valid_value(one)]


class KnownMonths(KnownValues):
    """Months as 2027-09. Any month is known: whether something starts in it is for the search to say."""

    def valid_value(self, value: Any) -> bool:
        return bool(month_name(str(value)))


class PlaceField(forms.CharField):
    """A postcode, its first half, or a town."""

    def clean(self, value: Any) -> str:
        typed = " ".join(super().clean(value).split())
        return typed.upper() if any(letter.isdigit() for letter in typed) else typed


@dataclass(frozen=True, kw_only=True)
class Option:
    value: str
    text: str
    count: int
    is_checked: bool


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One group of filters with its options."""

    name: str
    legend: str
    options: list[Option]

    @property
    def is_open(self) -> bool:
        return self.legend in (LEGENDS[name] for name in OPEN_AT_FIRST) or any(one.is_checked for one in self.options)


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A filter that is in force, and the address without it."""

    text: str
    remove_url: str


class SearchForm(forms.Form):
    """Nothing here is required and nothing is refused, except a postcode that does not exist."""

    q = forms.CharField(required=False, label=_("Subject, job, college or qualification"), max_length=2000)
    postcode = PlaceField(required=False, label=_("Postcode or town"), max_length=80)
    miles = forms.TypedChoiceField(
        required=False,
        label=_("Distance"),
        choices=[
            ("", _("Usual distance")),
            *(
                (miles, format_lazy(ngettext_lazy("{miles} mile", "{miles} miles", miles), miles=miles))
                for miles in MILES
            ),
        ],
        coerce=int,
        empty_value=None,
    )
    home = forms.ChoiceField(required=False, label=_("Your area"))
    exact = forms.BooleanField(required=False)
    sort = forms.CharField(required=False, max_length=20)
    page = forms.IntegerField(required=False, min_value=1)
    after = forms.CharField(required=False, max_length=1000)

    def __init__(self, data: QueryDict, *, home: str = "") -> None:
        self.names: Names = filter_names()
        self.own_home = home
        super().__init__(data)
        for name in FILTERS:
            kind = KnownMonths if name == "month" else KnownValues
            self.fields[name] = kind(required=False, choices=list(self.names.of(name).items()))
        areas = self.names.of("area")
        self.fields["home"].choices = [("", gettext("Any area")), *areas.items()]
        self.chosen_providers = self._providers(data.getlist("provider"))

    @staticmethod
    def _providers(references: list[str]) -> dict[str, Organisation]:
        asked = [reference for reference in references if "\x00" not in reference]
        if not asked:
            return {}
        found = Organisation.objects.filter(reference__in=asked, ended_on=None).providers()
        return {provider.reference: provider for provider in found}

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        self.place: Place | None = None
        if postcode := answers.get("postcode"):
            own = self.names.area_keys.get(answers.get("home") or self.own_home)
            self.place = place_of(postcode, miles=answers.get("miles"), own_area=own)
            if self.place is None:
                self.add_error(
                    "postcode",
                    ValidationError(
                        gettext(
                            "We do not know that postcode or town. Check it, or enter only the first half of a "
                            "postcode, like M14."
                        ),
                        code="unknown",
                    ),
                )
        return answers

    def query(self) -> CourseQuery:
        """The question. A field that could not be read is left out: the page still shows what it can."""
        self.is_valid()
        answers = self.cleaned_data
        filters: dict[str, tuple[Any, ...]] = {name: tuple(answers.get(name) or ()) for name in FILTERS}
        filters["area"] = tuple(self.names.area_keys[slug] for slug in filters["area"])
        # Somebody who has chosen "Building" and then "Architecture" inside it means the second.
        within = {code[:2] for code in filters["subject"] if "." in code}
        filters["subject"] = tuple(code for code in filters["subject"] if code not in within)
        return CourseQuery(
            text=answers.get("q") or "",
            filters=filters,
            providers=tuple(provider.pk for provider in self.chosen_providers.values()),
            place=self.place,
            miles=answers.get("miles"),
            sort=self.order,
            after=answers.get("after") or "",
            own_area=self.names.area_keys.get(self.home_area),
            page=answers.get("page") or 1,
            is_exact=bool(answers.get("exact")),
        )

    @property
    def order(self) -> str:
        """The order that is asked for; "" where none is, or one that there is not."""
        asked = self.cleaned_data.get("sort") or ""
        return asked if asked in SORTS else ""

    def sorts(self, results: Results) -> list[tuple[str, str]]:
        """The ways to order the courses, each with its address; none for the one in force."""
        names = SORTS | ({"": _("Nearest")} if results.query.place else {})
        return [
            (name, "" if sort == self.order else self.address(sort=sort))
            for sort, name in names.items()
            if sort or results.query.place or results.query.text
        ]

    @property
    def home_area(self) -> str:
        """The area that comes first: the one chosen here, or the learner's own."""
        return (self.cleaned_data.get("home") or self.own_home) if hasattr(self, "cleaned_data") else self.own_home

    @property
    def unknown(self) -> list[str]:
        """Values of filters that do not exist."""
        known_providers = set(self.chosen_providers)
        providers = [one for one in self.data.getlist("provider") if one not in known_providers]
        return [*(one for name in FILTERS for one in self.fields[name].unknown), *providers]

    def text_of(self, name: str, value: str) -> str:
        """What a value of a filter is called."""
        return month_name(value) if name == "month" else self.names.of(name).get(value, "")

    def address(self, *, without: tuple[str, str] | None = None, **changes: str) -> str:
        """This search's address with something else in it, on the first page."""
        data = self.data.copy()
        data.pop("page", None)
        data.pop("after", None)
        if without:
            name, value = without
            data.setlist(name, [one for one in data.getlist(name) if one != value])
        for name, value in changes.items():
            data.pop(name, None)
            if value:
                data[name] = value
        for name in [name for name in data if not any(data.getlist(name))]:
            del data[name]
        return f"?{data.urlencode()}"

    # What stands beside the results

    def chips(self, results: Results) -> Iterator[Chip]:
        """Every filter in force, also those read from the words."""
        for name in FILTERS:
            for value in self.cleaned_data.get(name) or ():
                yield Chip(text=self.text_of(name, value), remove_url=self.address(without=(name, value)))
        for reference, provider in self.chosen_providers.items():
            yield Chip(text=provider.name, remove_url=self.address(without=("provider", reference)))
        place = results.query.place
        if place:
            text = ngettext(
                "Within %(miles)s mile of %(postcode)s", "Within %(miles)s miles of %(postcode)s", place.miles
            )
            text %= {"miles": place.miles, "postcode": place.postcode}
            away = self.address(postcode="", miles="") if self.place else self.address(exact="1")
            yield Chip(text=text, remove_url=away)
        if not results.dropped:
            for phrase in results.reading.phrases:
                if not self.cleaned_data.get(phrase.name):
                    text = self.text_of(phrase.name, phrase.value) or phrase.words
                    yield Chip(text=text, remove_url=self.address(exact="1"))

    def ways_out(self, results: Results) -> list[Chip]:
        """Where nothing was found: which filter to take off, and how many courses there are then."""
        ways = []
        for name, count in results.counts.without.items():
            legend = (
                gettext("place and provider")
                if name == "here"
                else LEGENDS["sector" if name == "subject" else name].lower()
            )
            if count and (name == "here" or self.cleaned_data.get(name)):
                gone = {"postcode": "", "miles": "", "provider": "", "area": ""} if name == "here" else {name: ""}
                courses = ngettext("%(number)s course", "%(number)s courses", count) % {"number": count}
                ways.append(
                    Chip(
                        text=gettext("Any %(legend)s: %(courses)s") % {"legend": legend, "courses": courses},
                        remove_url=self.address(**gone),
                    )
                )
        if not ways and results.counts.unfiltered and (results.query.active or results.query.place):
            number = results.counts.unfiltered
            courses = ngettext("%(number)s course", "%(number)s courses", number) % {"number": number}
            words = QueryDict(mutable=True)
            words["q"] = self.cleaned_data.get("q") or ""
            ways.append(
                Chip(
                    text=gettext("The same words without any filter: %(courses)s") % {"courses": courses},
                    remove_url=f"?{words.urlencode()}",
                )
            )
        return ways

    def facets(self, results: Results) -> list[Facet]:
        """The groups of filters, counted; an option without a course only where it is chosen."""
        facets = [self._facet(name, results) for name in LEGENDS]
        return [
            facet
            for facet in facets
            if len(facet.options) > (facet.name not in ALONE) or any(one.is_checked for one in facet.options)
        ]

    def _facet(self, name: str, results: Results) -> Facet:
        if name == "provider":
            return Facet(name="provider", legend=LEGENDS[name], options=self._provider_options(results))
        field = "subject" if name == "sector" else name
        chosen = set(self.cleaned_data.get(field) or ())
        counts = results.counts.facets.get(name, {})
        if name == "area":
            slugs = {str(key): slug for slug, key in self.names.area_keys.items()}
            counts = {slugs[key]: count for key, count in counts.items()}
        values: Iterable[str] = self.names.of(field)
        if name == "month":
            values = sorted(
                value for value in {*counts, *chosen} if f"{clock.today():%Y-%m}" <= value or value in chosen
            )
        elif name == "sector":
            values = [value for value in values if "." not in value]
        elif name == "subject":
            sectors = {value[:2] for value in chosen}
            values = [value for value in values if "." in value and value[:2] in sectors]
        options = [
            Option(value=value, text=self.text_of(field, value), count=counts.get(value, 0), is_checked=value in chosen)
            for value in values
            if counts.get(value) or value in chosen
        ]
        if name == "type":
            options = sorted(options, key=lambda one: (not one.is_checked, -one.count))[:MOST_OPTIONS]
        return Facet(name=field, legend=LEGENDS[name], options=options)

    def _provider_options(self, results: Results) -> list[Option]:
        chosen = set(self.chosen_providers)
        options = [
            Option(value=reference, text=name, count=count, is_checked=reference in chosen)
            for _, reference, name, count in results.counts.providers
        ]
        return sorted(options, key=lambda one: (not one.is_checked, -one.count))[:MOST_OPTIONS]
