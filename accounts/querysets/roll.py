import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from core import clock
from core.querysets import among
from providers.models import Organisation

FOLLOWED_FOR = dt.timedelta(days=2 * 365)  # after school, until 18: participation is the authority's duty so long


class RollEntryQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "RollEntryQuerySet":
        """The roll of the schools this person is a coordinator or tutor of, as it stands today."""
        return self.current().filter(among("school", Organisation.objects.with_role(user, "coordinator", "tutor")))

    def current(self) -> "RollEntryQuerySet":
        """Entries that hold today. The day an entry ends is the first day without it."""
        today = clock.today()
        return self.filter(started_on__lte=today).filter(Q(ended_on=None) | Q(ended_on__gt=today))

    def left_lately(self) -> "RollEntryQuerySet":
        """Each learner's last entry, where it is over and nobody followed on: they are followed for two years."""
        from accounts.models import RollEntry

        later = RollEntry.objects.filter(learner=OuterRef("learner")).filter(
            Q(ended_on=None)
            | Q(ended_on__gt=OuterRef("ended_on"))
            | Q(ended_on=OuterRef("ended_on"), pk__gt=OuterRef("pk"))
        )
        today = clock.today()
        return self.filter(~Exists(later), ended_on__lte=today, ended_on__gt=today - FOLLOWED_FOR)

    def not_unlocked(self) -> "RollEntryQuerySet":
        """Entries of learners who cannot sign in yet."""
        return self.filter(learner__user=None)

    def matching(self, words: str) -> "RollEntryQuerySet":
        """Entries whose learner's names begin with each of these words, in any order."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(learner__given_name__istartswith=word)
                | Q(learner__family_name__istartswith=word)
                | Q(learner__preferred_name__istartswith=word)
            )
        return found

    def with_letters(self) -> "RollEntryQuerySet":
        """Can be asked whether a code that works exists (``has_open_code``), is out of the house (``is_in_hand``)."""
        from accounts.models import UnlockCode

        codes = {"has_open_code": UnlockCode.objects.open(), "is_in_hand": UnlockCode.objects.in_hand()}
        return self.alias(**{name: Exists(some.filter(learner=OuterRef("learner"))) for name, some in codes.items()})

    def for_list(self) -> "RollEntryQuerySet":
        """With the learner, and whether a letter with a code that still works has been printed for them."""
        from accounts.models import UnlockCode

        open_codes = UnlockCode.objects.open().filter(learner=OuterRef("learner"))
        return self.select_related("learner__user", "school").annotate(has_open_code=Exists(open_codes))
