"""What tests of feeds share: a provider's other system, and the work of the queue done here and now."""

from activity.actions import run_job
from activity.models import Job
from prospectus.actions.feeds import add_feed, fetch_due_feeds, resume_feed
from prospectus.models import FeedFetch
from tests.prospectus.feeds import course

CATALOGUE = (
    '<catalog xmlns="http://xcri.org/profiles/1.2/catalog" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:mlo="http://purl.org/net/mlo">{}</catalog>'
)


def provider(ukprn, name, *courses):
    named = f"<dc:identifier>{ukprn}</dc:identifier><dc:title>{name}</dc:title>"
    return f"<provider>{named}{''.join(courses)}</provider>"


def catalogue(*providers):
    return CATALOGUE.format("".join(providers))


def courses(number, title="Course"):
    return [course(f"F{each}", f"{title} {each}") for each in range(number)]


def work():
    """Everything in the queue is done, and what that puts there too."""
    while job := Job.objects.free().order_by("pk").first():
        run_job(job.pk)


def fetch_now(feed):
    """The feed's time has come, and everything that follows has happened. Returns the fetch."""
    feed.refresh_from_db()
    type(feed).objects.filter(pk=feed.pk).update(next_at=feed.created_at)
    assert fetch_due_feeds() == 1
    work()
    feed.refresh_from_db()
    return FeedFetch.objects.filter(feed=feed, is_trial=False).first()


def switched_on(by, **values):
    """A feed that was tried and switched on, and has not been fetched yet."""
    feed = add_feed(by=by, **{"source": "address"} | values)
    work()
    return resume_feed(feed=feed, by=by)
