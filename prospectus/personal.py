"""What this floor's tables say of a learner."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core import personal
from core.personal import Erase
from prospectus.actions.interest import DAYS_KEPT, forget_old_words
from prospectus.models import SavedSearch, ShortlistItem


def register() -> None:
    """The list of this floor."""
    personal.register(
        ShortlistItem,
        path="user__learner",
        title=_("Courses you kept"),
        shows={
            "course__title": _("Course"),
            "course__provider__name": _("Provider"),
            "note": _("Your note"),
            "created_at": _("Kept since"),
        },
        erase=Erase.DELETE,
        once_by=("course",),
    )
    personal.register(
        SavedSearch,
        path="user__learner",
        title=_("Searches you saved"),
        shows={"name": _("Name"), "address": _("What you looked for"), "is_mailed": _("Told by e-mail")},
        erase=Erase.DELETE,
        once_by=("address",),
    )
    personal.register_retention(
        personal.Retention(
            name="searches",
            title=_("Saved searches whose owner has stayed away"),
            days=2 * 365,
            least_days=365,
            source=_("Whoever has not signed in for so long does not wait for courses any more."),
            due=_forgotten_before,
            remove=lambda searches: searches.delete()[0],
        )
    )
    personal.register_tidying(
        personal.Tidying("words", "Words that found nothing, and wishes", DAYS_KEPT, "the day", forget_old_words)
    )


def _forgotten_before(before: dt.date) -> QuerySet:
    """Saved searches nobody has looked at since, of owners who have not signed in since."""
    is_away = Q(user__last_login=None) | Q(user__last_login__date__lt=before)
    return SavedSearch.objects.filter(is_away, seen_at__date__lt=before)
