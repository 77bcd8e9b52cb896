"""Reserve lists in the order of waiting: whoever was put on first is first. One rule, for the learner and the desk."""

from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import ordinal
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.models import Event
from applications.models import Choice, ChoiceRun, Offer
from applications.workflow import PROPERTIES, ChoiceState


class ReservePlace(NamedTuple):
    """Where somebody stands on a reserve list. ``moved_last_year`` is None where there was no list last year."""

    number: int  # 1 is next
    freed: int  # places given back since they were put on
    moved_last_year: int | None
    is_full: bool

    @property
    def of_the_list(self) -> str:
        """The sentence after who it is about."""
        if not self.freed:
            freed = _("No place has come free since")
        else:
            freed = ngettext(
                "%(number)s place has come free since", "%(number)s places have come free since", self.freed
            ) % {"number": self.freed}
        if self.moved_last_year is None:
            return f"{freed}."
        return _("%(freed)s; last year the list moved by %(number)s.") % {
            "freed": freed,
            "number": self.moved_last_year,
        }

    @property
    def words(self) -> str:
        """For the learner."""
        full = _("This course is full.") + " " if self.is_full else ""
        return f"{full}{_('You are %(place)s on the reserve list.') % {'place': self._place}} {self.of_the_list}"

    @property
    def desk_words(self) -> str:
        """For the desk."""
        return f"{_('%(place)s on the reserve list.') % {'place': self._place}} {self.of_the_list}"

    @property
    def _place(self) -> str:
        return str(ordinal(self.number))


def reserve_place(choice: Choice) -> ReservePlace | None:
    """Where this choice, fetched ``for_list()``, stands; None where it is on no reserve list.

    With several courses it is the list on which it is furthest back.
    """
    if choice.status != ChoiceState.RESERVE_LIST:
        return None
    runs = [each.run for each in choice.choice_runs.all()]
    keys = [run.pk for run in runs]
    is_before = Q(choice__status_at__lt=choice.status_at) | Q(choice__status_at=choice.status_at, choice__lt=choice.pk)
    before = ChoiceRun.objects.filter(is_before, run__in=keys, choice__status=ChoiceState.RESERVE_LIST)
    ahead = before.order_by().values("run").annotate(number=Count("pk")).values_list("number", flat=True)
    return ReservePlace(
        number=1 + max(ahead, default=0),
        freed=_freed_since(choice, keys),
        moved_last_year=_moved_last_year(choice, [run.course_id for run in runs]),
        is_full=any(run.places_left == 0 for run in runs),
    )


def _freed_since(choice: Choice, keys: list[int]) -> int:
    """Choices of these runs that had a place, and have given it back since."""
    has_none = ~Q(status__in=PROPERTIES["is_place_taken"]) | Q(left_on__isnull=False)
    given_back = Q(offers__ended_at__gt=choice.status_at) | Q(left_on__gt=timezone.localdate(choice.status_at))
    others = Choice.objects.filter(has_none, given_back, choice_runs__run__in=keys).exclude(pk=choice.pk)
    return others.values("pk").distinct().count()


def _moved_last_year(choice: Choice, courses: list[int]) -> int | None:
    """How many on last year's list of the same courses were made an offer after they had been put on it."""
    year = choice.application.cycle.entry_year - 1
    last = Choice.objects.filter(choice_runs__run__course__in=courses, application__cycle__entry_year=year)
    subjects = {f"{Choice._meta.label_lower}:{key}": key for key in last.values_list("pk", flat=True).distinct()}
    events = Event.objects.filter(verb="choice.put_on_reserve", subject__in=list(subjects))
    since = {subjects[subject]: at for subject, at in events.order_by("pk").values_list("subject", "at")}
    if not since:
        return None
    made = Offer.objects.filter(choice__in=list(since)).values_list("choice", "made_at")
    return len({key for key, at in made if at >= since[key]})
