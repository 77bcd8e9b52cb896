import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q

from core import clock
from providers.models import Organisation


class InterviewSessionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "InterviewSessionQuerySet":
        """Sessions of the providers whose applications this person answers."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(provider__in=Organisation.objects.admitting_through(user))

    def standing(self) -> "InterviewSessionQuerySet":
        """Those that have not been called off."""
        return self.filter(ended_at=None)

    def for_list(self) -> "InterviewSessionQuerySet":
        return self.select_related("provider__area", "site").prefetch_related("courses")


class InterviewSlotQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "InterviewSlotQuerySet":
        """Slots of sessions this person may see."""
        from applications.models import InterviewSession

        return self.filter(session__in=InterviewSession.objects.visible_to(user))

    def with_taken(self) -> "InterviewSlotQuerySet":
        """Each with ``taken``: how many learners have it."""
        taken = models.Count("interviews", filter=Q(interviews__state="planned"))
        return self.annotate(taken=taken)

    def free_for(self, choice: Any) -> "InterviewSlotQuerySet":
        """Slots that the learner of this choice can still book: of its provider or the partner it is placed with, for
        its courses, with a place."""
        from applications.models import InterviewSession

        course_ids = [each.run.course_id for each in choice.choice_runs.all()]
        sessions = InterviewSession.objects.standing().filter(
            Q(courses=None) | Q(courses__in=course_ids), provider__in=choice.desk_ids
        )
        return self.filter(session__in=sessions.values("pk")).to_book().select_related("session__site")

    def to_book(self) -> "InterviewSlotQuerySet":
        """Those that learners can still book, with a place; each with how many are ``taken``."""
        book_until = models.F("starts_at") - models.ExpressionWrapper(
            models.F("session__change_hours") * models.Value(dt.timedelta(hours=1)),
            output_field=models.DurationField(),
        )
        slots = self.annotate(book_until=book_until).filter(book_until__gt=clock.now())
        return slots.with_taken().filter(taken__lt=models.F("session__places"))
