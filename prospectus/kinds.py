"""The kinds of messages about courses, with how they read."""

from django.utils.translation import gettext_lazy as _

from accounts.kinds import COLLEGE, one
from activity.kinds import Audience, Sample, Topic, When, register_kind, register_topic
from prospectus import desk_messages as desk
from prospectus.actions import consortia, descriptions, fetches, notices
from prospectus.actions.saved import KIND as SAVED
from prospectus.models import NoticeStep

W = When
PARTNER, NAME = "Southbank Sixth Form", "Northmoor engineering line"


def _notices() -> list[Sample]:
    return [Sample(step.label, *desk.notice(COLLEGE, step)) for step in NoticeStep]


def _returned() -> list[Sample]:
    return [
        Sample(_("One description"), *desk.returned(COLLEGE, 1)),
        Sample(_("Several"), *desk.returned(COLLEGE, 12)),
    ]


def _answered() -> list[Sample]:
    words = {"yes": _("They say yes"), "no": _("They say no"), "left": _("They leave")}
    return [Sample(words[said], *desk.answered(said, COLLEGE, PARTNER, NAME)) for said in desk.ANSWERED]


def _saved_search() -> list[Sample]:
    from prospectus.messages import saved_search

    urls = {"open_url": "https://portal.example/saved/abc/", "stop_url": "https://portal.example/saved/stop/abc/"}
    return [
        Sample(_("One new course"), *saved_search(1, **urls)),
        Sample(_("Several"), *saved_search(4, **urls)),
    ]


def register() -> None:
    for topic in (
        Topic("course-health", _("Courses that need a look"), (W.AT_ONCE, W.DAILY), page="prospectus:health"),
        Topic("feeds", _("Feeds and files that wait"), (W.AT_ONCE, W.DAILY), page="prospectus:desk-feeds"),
        Topic("descriptions", _("Descriptions that were returned"), (W.AT_ONCE, W.DAILY, W.NEVER),
              page="prospectus:desk-courses"),
        Topic("partners", _("Partners you teach with"), (W.AT_ONCE, W.DAILY), page="prospectus:consortia"),
        Topic("saved-searches", _("News in searches you saved"), (W.AT_ONCE, W.NEVER)),
    ):  # fmt: skip
        register_topic(topic)
    provider = Audience.PROVIDER
    feed = COLLEGE, "every night", 3, "Nobody answered at this address.", "abc123"
    held = COLLEGE, "It would end 212 of 260 courses.", "abc123"
    for name, audience, occasion, topic_name, samples in (
        (notices.KIND, provider, _("A provider's courses have not been checked for long, in working hours"),
         "course-health", _notices),
        (fetches.FAILING, provider, _("A feed has failed three times in a row"), "feeds",
         one(desk.feed_failing, *feed)),
        (fetches.HELD, provider, _("A fetched file would take much away"), "feeds", one(desk.feed_held, *held)),
        (descriptions.KIND, provider, _("Editors of the area return descriptions, once a day at most"), "descriptions",
         _returned),
        (consortia.ASKED, provider, _("A provider asks them to teach courses together"), "partners",
         one(desk.asked, COLLEGE, PARTNER, NAME)),
        (consortia.ANSWERED, provider, _("A partner says yes or no, or leaves"), "partners", _answered),
        (SAVED, Audience.ANYBODY, _("A saved search finds something new, once a week at most"), "saved-searches",
         _saved_search),
    ):  # fmt: skip
        register_kind(name, audience, occasion, topic=topic_name, samples=samples)
