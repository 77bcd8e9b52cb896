"""Courses that several providers teach together: who they are, and which of them teaches which part, for files."""

from collections import defaultdict
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat, JSONObject

from core import clock
from prospectus.models import ConsortiumPartner, Course, CoursePart
from prospectus.part_words import PartWords
from prospectus.queries.sites import postcode_key
from providers.models import Organisation, Site

PLACE = Case(
    When(site__postcode__gt="", then=Concat("site__name", Value(", "), "site__postcode")), default=F("site__name")
)
PART = JSONObject(
    name="name", days="days", provider="provider__name", reference="provider__reference", ukprn="provider__ukprn",
    place=PLACE,
    site=JSONObject(
        reference="site__reference", name="site__name", address="site__address", town="site__town",
        postcode="site__postcode",
        latitude=Case(When(site__is_exact=True, then=F("site__latitude"))),
        longitude=Case(When(site__is_exact=True, then=F("site__longitude"))),
    ),
)  # fmt: skip


def with_held_parts(courses: QuerySet[Course]) -> QuerySet[Course]:
    """Each course with ``held_parts``, all that are written down, in the courses' own question."""
    parts = CoursePart.objects.filter(course=OuterRef("pk")).order_by("position")
    return courses.annotate(held_parts=_if_shared(ArraySubquery(parts.values(part=PART))))


def with_teachers(courses: QuerySet[Course]) -> QuerySet[Course]:
    """Each course with ``told_partners`` (of its provider) and ``told_parts``, in the courses' own question.

    As anybody may read them today: who has left, or has not said yes, is not named, and neither is their part. Both are
    None where the course is not taught together, or the group has ended.
    """
    goes_on = Q(consortium__ended_on=None) | Q(consortium__ended_on__gte=clock.today())
    open_now = Organisation.objects.providers()
    joined = ConsortiumPartner.objects.current().filter(consortium__courses=OuterRef(OuterRef("pk")))
    partners = open_now.filter(pk__in=joined.values("provider")).exclude(pk=OuterRef("provider")).order_by("name", "pk")
    of_partners = ConsortiumPartner.objects.current().filter(consortium=OuterRef("course__consortium"))
    parts = CoursePart.objects.filter(
        Q(provider=F("course__provider")) | Q(provider__in=of_partners.values("provider")),
        course=OuterRef("pk"),
        provider__in=open_now,
    )
    return courses.annotate(
        told_partners=_if_shared(
            ArraySubquery(partners.values(one=JSONObject(reference="reference", name="name"))), goes_on
        ),
        told_parts=_if_shared(ArraySubquery(parts.order_by("position").values(part=PART)), goes_on),
    )


def _if_shared(asked: ArraySubquery, *also: Q) -> Case:
    return Case(When(*also, consortium__isnull=False, then=asked))


def in_words(parts: list[dict[str, Any]] | None) -> list[PartWords]:
    """Parts, as the questions above tell them, in the words of a file."""
    return [
        PartWords(part["name"], part["provider"], part["place"] or "", part["days"], part["ukprn"] or "")
        for part in parts or ()
    ]


class Teaching:
    """Who teaches with a provider today, in each group that it leads, and at which sites."""

    def __init__(self, provider: Organisation) -> None:
        self.provider = provider
        led = ConsortiumPartner.objects.current().filter(consortium__lead=provider, consortium__ended_on=None)
        self.groups: dict[str, list[Organisation]] = defaultdict(lambda: [provider])
        for row in led.select_related("consortium", "provider"):
            self.groups[row.consortium.name].append(row.provider)

    def site(self, teacher: Organisation, said: str) -> int | None:
        """The key of the open site of this teacher that is meant: by name and postcode, or by the name alone where
        that is enough. One that was merged into another means that one, as it does for dates."""
        name, _comma, postcode = said.rpartition(",")
        by_place, by_name = self._sites
        keys = ((teacher.pk, name.strip().lower(), postcode_key(postcode)), (teacher.pk, said.lower(), ""))
        found = next((by_place[key] for key in keys if key in by_place), None)
        return found or by_name.get((teacher.pk, said.lower()))

    @cached_property
    def _sites(self) -> tuple[dict[tuple[int, str, str], int], dict[tuple[int, str], int]]:
        """The sites of all of them by the key of whose they are, name and postcode; and by the name where one has it:
        of those that are open, or else of those that were merged."""
        whose = {self.provider.pk, *(teacher.pk for group in self.groups.values() for teacher in group)}
        rows = Site.objects.filter(Q(ended_on=None) | Q(merged_into__isnull=False), organisation__in=whose)
        held = {site.pk: site for site in rows}
        by_place: dict[tuple[int, str, str], int] = {}
        named: dict[bool, dict[tuple[int, str], set[int]]] = {False: defaultdict(set), True: defaultdict(set)}
        # Of several in one place the oldest that was not merged into another: the last one written is kept.
        for site in sorted(held.values(), key=lambda site: (site.merged_into_id is None, -site.pk)):
            meant: Site | None = site
            while meant is not None and meant.merged_into_id is not None:
                meant = held.get(meant.merged_into_id)
            if meant is not None:
                name = site.name.lower()
                by_place[site.organisation_id, name, postcode_key(site.postcode)] = meant.pk
                named[site is meant][site.organisation_id, name].add(meant.pk)
        alone = {key: keys.pop() for key, keys in (named[False] | named[True]).items() if len(keys) == 1}
        return by_place, alone

    def held_of(self, code: str) -> list[list[PartWords]]:
        """What a file may say of the parts of the course with this code of the provider's that changes nothing: all of
        them, and those that anybody may read."""
        return self._held.get(code, [])

    @cached_property
    def _held(self) -> dict[str, list[list[PartWords]]]:
        courses = Course.objects.filter(provider=self.provider, consortium__isnull=False)
        rows = with_teachers(with_held_parts(courses)).values_list("provider_reference", "held_parts", "told_parts")
        return {code: [in_words(held), in_words(told)] for code, held, told in rows}

    def teacher(self, group: str, said: PartWords) -> Organisation | None:
        """Who of the group is meant: the provider itself where nobody is named."""
        if not (said.ukprn or said.provider):
            return self.provider
        teachers = self.groups[group]
        by_number = (each for each in teachers if said.ukprn and each.ukprn == said.ukprn)
        by_name = (each for each in teachers if each.name.casefold() == said.provider.casefold())
        return next(by_number, None) or next(by_name, None)
