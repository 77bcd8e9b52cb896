"""Two records that may be one learner's, put side by side with no more than the person who is asked may see."""

from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Learner, LearnerDoubt, RollEntry


class Row(NamedTuple):
    """One fact of both records. ``agrees``: None where one of the two does not say."""

    words: str
    new: str
    old: str
    agrees: bool | None


def is_elsewhere(doubt: LearnerDoubt) -> bool:
    """The older record is on another school's roll today."""
    return RollEntry.objects.current().filter(learner=doubt.other_id).exclude(school=doubt.school_id).exists()


def side_by_side(doubt: LearnerDoubt, *, is_of_area: bool) -> list[Row]:
    """What the two records say. The area sees both; a school sees of the older record only whether it agrees, and where
    it says what the school's own file says too."""
    new, old = doubt.learner, doubt.other
    if new is None or old is None:
        return []
    entries = RollEntry.objects.filter(learner__in=(new.pk, old.pk)).select_related("school").order_by("started_on")
    places = {entry.learner_id: entry for entry in entries}
    return [
        _row(_("Name"), str(new), str(old)),
        _row(_("Date of birth"), _born(new), _born(old)),
        _told(_("UPN"), new.upn or "", old.upn or "", is_open=is_of_area),
        _told(_("ULN"), new.uln, old.uln, is_open=is_of_area),
        _told(_("Postcode"), _postcode(new), _postcode(old), is_open=is_of_area),
        _place(places.get(new.pk), places.get(old.pk), doubt, is_of_area),
        Row(_("Account"), _account(new), _account(old), None),
    ]


def _account(learner: Learner) -> str:
    return _("Has unlocked an account") if learner.user_id else _("No account yet")


def _born(learner: Learner) -> str:
    return date_format(learner.birth_on, "j F Y")


def _postcode(learner: Learner) -> str:
    return learner.contact.postcode if hasattr(learner, "contact") else ""


def _row(words: str, new: str, old: str) -> Row:
    return Row(
        words, new or _("Not known"), old or _("Not known"), new.casefold() == old.casefold() if new and old else None
    )


def _told(words: str, new: str, old: str, *, is_open: bool) -> Row:
    row = _row(words, new, old)
    if is_open or not old or row.agrees:
        return row
    return row._replace(old=_("A different one") if new else _("There is one"))


def _place(new: RollEntry | None, old: RollEntry | None, doubt: LearnerDoubt, is_of_area: bool) -> Row:
    def said(entry: RollEntry | None) -> str:
        if entry is None:
            return _("On no roll")
        school = str(entry.school) if is_of_area or entry.school_id == doubt.school_id else _("Another school")
        words = (
            _("%(school)s, Year %(year_group)s (has left)") if entry.ended_on else _("%(school)s, Year %(year_group)s")
        )
        return words % {"school": school, "year_group": entry.year_group}

    return Row("School", said(new), said(old), None)
