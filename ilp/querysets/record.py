import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Case, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, ExtractYear, Least

from accounts.models import Learner
from core.querysets import among


class RecordCodeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "RecordCodeQuerySet":
        """Every code: they are the Department's."""
        return self

    def of_kind(self, kind: str) -> "RecordCodeQuerySet":
        return self.filter(kind=kind)


class _RecordQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Any:
        """The statutory minimum: the adviser who answers for the learner, with consent or without, and the officer of
        the authority that must follow them."""
        return self.filter(learner__in=learners_recorded_for(user).values("pk"))

    def standing(self) -> Any:
        """What nobody has put right since."""
        return self.filter(replaced_at=None)

    def open(self) -> Any:
        """What holds now."""
        return self.standing().filter(ended_on=None)

    def known_on(self, on: dt.date) -> Any:
        """Rows as somebody would have read them at the end of this day: begun by then, recorded by then, and not put
        right by then."""
        return self.filter(started_on__lte=on, recorded_at__date__lte=on).filter(
            Q(replaced_at=None) | Q(replaced_at__date__gt=on)
        )

    def as_it_stood_on(self, on: dt.date, **same: Any) -> Any:
        """For each learner the one that held on this day, as it was known then."""
        newest = self.model._default_manager.known_on(on).filter(learner=OuterRef("learner"), **same)
        newest = newest.order_by("-started_on", "-pk").values("pk")[:1]
        return self.known_on(on).filter(pk=Subquery(newest), **same)

    def for_list(self) -> Any:
        return self.select_related("code", "by", "learner")


class CurrentActivityQuerySet(_RecordQuerySet):
    def with_lapse(self) -> Any:
        """Each with ``lapse_on``, the last day on which it counts; None where it never lapses: ``lapses_on`` of the
        models, for questions about many learners."""
        return self.annotate(lapse_on=_lapse_on())

    def for_list(self) -> Any:
        return super().for_list().select_related("provider")


def _lapse_on() -> Any:
    august = Func(
        Cast(ExtractYear("verified_on"), models.IntegerField()),
        Value(8),
        Value(31),
        function="make_date",
        output_field=models.DateField(),
    )
    next_august = Case(When(verified_on__lte=august, then=august), default=_later(august, "1 year"))
    review = Least(_later(Coalesce("review_on", "verified_on"), "28 days"), Value(dt.date.max))
    ends = F("course_ends_on")
    return Case(
        When(code__lapse="never", then=Value(None)),
        When(code__lapse="course_end", then=Coalesce(ends, _later(F("verified_on"), "3 months"))),
        When(code__lapse="august", then=Least(next_august, ends)),
        When(code__lapse="review", then=Least(review, ends)),
        When(code__lapse="year", then=Least(_later(F("verified_on"), "12 months"), ends)),
        default=Least(_later(F("verified_on"), "6 months"), ends),
        output_field=models.DateField(),
    )


def _later(day: Any, span: str) -> Func:
    """So long after a day; the last day of a month that is shorter, as ``months_after`` has it."""
    template = f"(%(expressions)s + interval '{span}')::date"
    return Func(day, template=template, output_field=models.DateField())


class RecordFactQuerySet(_RecordQuerySet):
    pass


def learners_recorded_for(user: Any) -> Any:
    """The learners whose client record this person may read."""
    mine = Learner.objects.on_caseload_of(user)
    watched = Learner.objects.of_guarantee_for(user)
    return Learner.objects.filter(among("pk", mine.values("pk")) | among("pk", watched.values("pk")), erased_at=None)
