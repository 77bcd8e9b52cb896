"""Places of a course run, as the applications floor takes them and gives them back."""

from collections.abc import Collection

from django.db.models import F, Q

from prospectus.actions.search import tell_change
from prospectus.models import CourseRun, CourseSearch, PlacesLeft


def lock_runs(*, run_ids: Collection[int]) -> None:
    """Nobody else changes these runs until the transaction ends. In key order, so that two never block each other."""
    # no_key: a choice that only points at a run (foreign key) need not wait.
    list(CourseRun.objects.select_for_update(no_key=True).filter(pk__in=run_ids).order_by("pk").values_list("pk"))


def take_places(*, run_ids: Collection[int]) -> None:
    """One more place of each run is taken. Never refused for fullness: over-offering is the provider's decision."""
    lock_runs(run_ids=run_ids)
    CourseRun.objects.filter(pk__in=run_ids).update(places_taken=F("places_taken") + 1)
    _tell_search(run_ids)


def give_places_back(*, run_ids: Collection[int]) -> None:
    """One place of each run is free again."""
    lock_runs(run_ids=run_ids)
    CourseRun.objects.filter(pk__in=run_ids, places_taken__gt=0).update(places_taken=F("places_taken") - 1)
    _tell_search(run_ids)


def _tell_search(run_ids: Collection[int]) -> None:
    """Search knows whether these runs, which are locked, have places left. Cheap: no indexed column changes."""
    runs = CourseRun.objects.filter(pk__in=run_ids, places__isnull=False)
    has_room = dict(runs.annotate(is_room=Q(places__gt=F("places_taken"))).values_list("pk", "is_room"))
    for places, is_room in ((PlacesLeft.LEFT, True), (PlacesLeft.FULL, False)):
        keys = [pk for pk, room in has_room.items() if room is is_room]
        if keys and CourseSearch.objects.filter(run__in=keys).exclude(places=places).update(places=places):
            tell_change()
