from typing import Any

from django.db import models
from django.db.models import Q

from core import clock
from providers.models import Organisation


class ReleaseQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ReleaseQuerySet":
        """Releases of the providers whose applications this person answers. Nobody else's business, ever."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(provider__in=Organisation.objects.admitting_through(user))

    def open(self) -> "ReleaseQuerySet":
        """Those that decisions can be put into."""
        return self.filter(release_at=None, released_at=None, ended_at=None)

    def due(self) -> "ReleaseQuerySet":
        """Those whose hour has come and that are not over."""
        return self.filter(release_at__lte=clock.now(), released_at=None, ended_at=None)

    def for_list(self) -> "ReleaseQuerySet":
        waiting = models.Count("decisions", filter=Q(decisions__outcome=""))
        done = models.Count("decisions", filter=Q(decisions__outcome="done"))
        failed = models.Count("decisions", filter=Q(decisions__outcome="failed"))
        verbs = {
            f"waiting_{verb}": models.Count("decisions", filter=Q(decisions__outcome="", decisions__verb=verb))
            for verb in ("offer", "refuse", "put_on_reserve")
        }
        counted = self.annotate(waiting=waiting, done=done, failed=failed, **verbs)
        return counted.select_related("provider__area", "set_by")


class StagedDecisionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "StagedDecisionQuerySet":
        """Decisions on choices sent to this person's providers, what a partner means to answer too; and those of a
        partner on choices that are placed with it: never the learner's, never a school's."""
        if not user.is_authenticated:
            return self.none()
        mine = Organisation.objects.admitting_through(user)
        return self.filter(Q(choice__provider__in=mine) | Q(release__provider__in=mine, choice__placed_with__in=mine))

    def waiting(self) -> "StagedDecisionQuerySet":
        return self.filter(outcome="")

    def for_list(self) -> "StagedDecisionQuerySet":
        return self.select_related(
            "release", "by", "choice__snapshot", "choice__provider", "choice__application__learner"
        ).prefetch_related("choice__choice_runs__run__course")
