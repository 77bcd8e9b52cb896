"""What the prospectus does in the background."""

from celery import shared_task
from django.utils import timezone

from core import clock
from prospectus.actions import refresh_search
from prospectus.actions.consortia import note_closed_partners
from prospectus.actions.descriptions import tell_of_returned
from prospectus.actions.feeds import fetch_due_feeds
from prospectus.actions.health import read_texts as read_texts_now
from prospectus.actions.interest import fold_old_interest
from prospectus.actions.links import sweep_links as sweep_links_tonight
from prospectus.actions.notices import tell_providers as tell_providers_today
from prospectus.actions.saved import GROUPS, count_new_courses
from prospectus.actions.saved import tell_of_new_courses as tell_of_new_courses_upto

FIRST_HOUR = 16  # of the schedule in config.settings: after school, and long before anybody sleeps


@shared_task(name="prospectus.nightly", ignore_result=True, time_limit=1800)
def nightly() -> None:
    """Search is made anew: starts that have passed no longer lead a course, nor does who has closed teach with its
    partners. Old counts are kept by the month."""
    note_closed_partners()
    refresh_search()
    count_new_courses()
    fold_old_interest()


@shared_task(name="prospectus.sweep_links", ignore_result=True, soft_time_limit=1700, time_limit=1800)
def sweep_links() -> None:
    """The addresses that courses lead to are asked whether something is there, a few of each site."""
    sweep_links_tonight()


@shared_task(name="prospectus.read_texts", ignore_result=True, soft_time_limit=240, time_limit=300)
def read_texts() -> None:
    """How hard the texts of large uploads are to read is known; asked every minute."""
    read_texts_now()


@shared_task(name="prospectus.tell_of_new_courses", ignore_result=True, soft_time_limit=500, time_limit=540)
def tell_of_new_courses() -> None:
    """Owners of saved searches are told of what is new, a sixth of them every ten minutes from four o'clock."""
    now = clock.now().astimezone(timezone.get_default_timezone())
    group = (now.hour - FIRST_HOUR) * 6 + now.minute // 10
    if group >= 0:
        tell_of_new_courses_upto(upto_group=min(group, GROUPS - 1))


@shared_task(name="prospectus.fetch_feeds", ignore_result=True, soft_time_limit=50, time_limit=60)
def fetch_feeds() -> None:
    """The feeds whose time has come are being fetched, each by a job of its own; asked every minute."""
    fetch_due_feeds()


@shared_task(name="prospectus.tell_providers", ignore_result=True, soft_time_limit=500, time_limit=540)
def tell_providers() -> None:
    """Providers whose courses need a look are told, each occasion once; asked every hour of the working day."""
    tell_providers_today()
    tell_of_returned()
