"""Searches that people save, and the weekly word that there is something new."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activity.actions import post
from activity.models import OutboxMessage
from core import clock
from core.errors import RuleBroken
from prospectus.models import SavedSearch
from prospectus.queries.saved import MOST_SAVED, new_courses

KIND = "saved-search-news"
GROUPS = 6  # of saved searches, told one after the other, so that not everybody comes back at once


@transaction.atomic
def save_search(*, address: str, name: str, is_mailed: bool, by: User) -> SavedSearch:
    """The search is saved, or renamed where this person has saved the same one before.

    Raises: RuleBroken ``too_many_saved_searches``.
    """
    # The person is the lock: two tabs that save the last two queue up.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    mine = SavedSearch.objects.filter(user=by)
    search = mine.filter(address=address).first()
    if search is None:
        if mine.count() >= MOST_SAVED:
            raise RuleBroken(
                _("You have saved %(most_saved)s searches, which is as many as fit. Remove one first.")
                % {"most_saved": MOST_SAVED},
                code="too_many_saved_searches",
            )
        search = SavedSearch(user=by, address=address)
    search.name, search.is_mailed = name, is_mailed
    search.save()
    return search


def change_saved_search(*, search: SavedSearch, name: str, is_mailed: bool, by: User) -> None:
    """It is called so, and sends e-mails or not."""
    SavedSearch.objects.filter(pk=search.pk, user=by).update(name=name, is_mailed=is_mailed)


def look_at_saved_search(*, search: SavedSearch, by: User) -> None:
    """Its owner has seen what there is: nothing in it is new now."""
    SavedSearch.objects.filter(pk=search.pk, user=by).update(seen_at=clock.now(), new_courses=0)


def remove_saved_search(*, search: SavedSearch, by: User) -> None:
    """It is gone; an e-mail that is on its way finds nothing to send."""
    SavedSearch.objects.filter(pk=search.pk, user=by).delete()


def stop_mails(*, reference: str) -> bool:
    """The saved search sends no more e-mails; whoever has the link from one may say so. Returns whether it exists."""
    return SavedSearch.objects.filter(reference=reference).update(is_mailed=False) > 0


def count_new_courses() -> int:
    """Every saved search knows how many courses are new since its owner last looked. Returns how many have some."""
    with_news = 0
    for search in SavedSearch.objects.order_by("pk").iterator(chunk_size=500):
        found = new_courses(search, since=search.seen_at)
        if found != search.new_courses:
            # Not where its owner looked meanwhile.
            SavedSearch.objects.filter(pk=search.pk, seen_at=search.seen_at).update(new_courses=found)
        with_news += bool(found)
    return with_news


def tell_of_new_courses(*, upto_group: int = GROUPS - 1) -> int:
    """Owners who want it are told that saved searches have news: one message each, once in a week. Returns how many.

    Groups up to this one are told; those told already this week are passed over, so a lost run is caught up by the
    next. Tells: the owner, ``saved-search-news``.
    """
    year, week, _ = clock.today().isocalendar()
    told = 0
    for search in SavedSearch.objects.filter(is_mailed=True).exclude(user__email="").order_by("pk").iterator():
        if search.pk % GROUPS <= upto_group:
            told += _tell(search.pk, week=f"{year}-W{week:02}")
    return told


@transaction.atomic
def _tell(search_id: int, *, week: str) -> bool:
    """One message, unless another run holds this search or has told it."""
    search: Any = (
        SavedSearch.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk=search_id, is_mailed=True)
        .first()
    )
    key = f"{KIND}:{search_id}:{week}"
    if search is None or OutboxMessage.objects.filter(key=key).exists():
        return False
    found = new_courses(search, since=search.told_at)
    if not found:
        return False
    post(KIND, key=key, saved_search_id=search.pk, courses=found)
    SavedSearch.objects.filter(pk=search.pk).update(told_at=clock.now())
    return True
