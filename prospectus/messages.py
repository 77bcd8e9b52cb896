"""E-mails: the weekly one about a saved search, which says nothing of what it is, and those to a provider whose courses
need a look."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from core import languages
from prospectus.actions import consortia, descriptions, fetches, notices
from prospectus.actions.saved import KIND
from prospectus.models import ConsortiumPartner, Feed, FeedPart, FeedState, FreshnessNotice, NoticeStep, SavedSearch
from prospectus.queries.feeds import told_of_feed, told_of_part
from prospectus.queries.notices import who_is_told
from providers.models import Organisation

SALT = "prospectus.saved-search"
NOTICE_STEPS = {
    NoticeStep.TURNED_AMBER: "An update of your courses is due. The light has turned amber.",
    NoticeStep.ONE_WEEK_AMBER: "An update of your courses has been due for a week.",
    NoticeStep.WEEK_BEFORE_RED: "In a week your courses will count as out of date, and the light turns red.",
    NoticeStep.TURNED_RED: "Your courses count as out of date now. The light has turned red.",
    NoticeStep.STILL_RED: "Your courses still count as out of date. The light is red.",
}
NOTICE_BODY = """{provider}

{step}

What to do: look through your courses. If all of it is right, press the button "Everything is still correct". It takes a
minute. If something has changed, change it there or upload your courses again.

{health_url}

Learners see on each course when you last checked it.

You get this because you look after these courses. If you cannot do it now, tell your area's help desk; they can pause
these e-mails."""

FAILING_BODY = """The courses of {whose} are fetched by this portal from another system, {timetable}. The last
{failures} times that did not work. The latest time:

{sentence}

What to do: look whether the address still holds, and tell whoever runs the other system. You can try it, or switch it
off, here:

{url}

Learners still see the courses as they were fetched last. The portal goes on trying and writes again only if it works
and then fails anew."""
HELD_BODY = """The file that was fetched for {whose} would take much out of the prospectus, so nothing has been changed.
It waits for somebody to look at it and to say that it is right:

{url}

{note}

Nothing happens until then. If the file is wrong, put it aside, and tell whoever runs the other system."""
ASKED_BODY = """{lead} asks {partner} to teach courses together, as “{name}”.

Say yes or no here:

{partners_url}

Until you say yes, your name stands on none of their courses. You can leave at any time.

You get this because you look after the courses of {partner}."""
ANSWERED_BODY = """{partner} {answer} “{name}”, the partners that {lead} leads.

{partners_url}

You get this because you look after the courses of {lead}."""
RETURNED_BODY = """{provider}

The area's editors have read {number} and ask you to change {them}. Their comments are at the top of your courses.

{desk_url}

Learners go on seeing the courses as they are. When you have changed a description, it is read again.

You get this because you look after these courses. It comes at most once a day."""


def token_of(search: SavedSearch) -> str:
    """Whoever has it may stop the e-mails of this search, and nothing else."""
    return signing.Signer(salt=SALT).sign(search.reference)


def reference_of(token: str) -> str | None:
    try:
        return signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return None


def send(payload: dict[str, Any]) -> None:
    """One e-mail to the owner, unless the search is gone, wants none by now, or its owner has no address."""
    search = SavedSearch.objects.select_related("user").filter(pk=payload["saved_search_id"], is_mailed=True).first()
    if search is None or not search.user.email:
        return
    stop_url = settings.PORTAL_ADDRESS + reverse("prospectus:saved-search-stop", args=[token_of(search)])
    open_url = settings.PORTAL_ADDRESS + reverse("prospectus:saved-search-open", args=[search.reference])
    with languages.speaking(search.user.language):
        EmailMessage(
            subject=gettext("%(portal)s: something new in a search you saved") % {"portal": settings.PORTAL_NAME},
            body=_saved_search_body(payload["courses"], open_url=open_url, stop_url=stop_url),
            to=[search.user.email],
            # One press in the reader's own mail program, without opening anything (RFC 8058).
            headers={"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        ).send()


def _saved_search_body(courses: int, *, open_url: str, stop_url: str) -> str:
    news = ngettext(
        "There is %(courses)s new course in a search you saved.\n\nSee it: %(open_url)s",
        "There are %(courses)s new courses in a search you saved.\n\nSee them: %(open_url)s",
        courses,
    )
    stop = gettext(
        "Stop these e-mails: %(stop_url)s\n\n"
        "This message says as little as possible, because others may see your screen."
    )
    return f"{news}\n\n{stop}" % {"courses": courses, "open_url": open_url, "stop_url": stop_url}


def send_notice(payload: dict[str, Any]) -> None:
    """One e-mail to one person, unless the courses were looked at meanwhile, or it is not for this person any more."""
    notice = FreshnessNotice.objects.select_related("provider").get(pk=payload["notice_id"])
    person = notices.receiver_of(notice, payload["user_id"])
    if person is None:
        return
    EmailMessage(
        subject=f"{settings.PORTAL_NAME}: please look through the courses of {notice.provider}",
        body=NOTICE_BODY.format(
            provider=notice.provider,
            step=NOTICE_STEPS[NoticeStep(notice.step)],
            health_url=settings.PORTAL_ADDRESS + reverse("prospectus:health"),
        ),
        to=[person.email],
    ).send()


def send_feed_failing(payload: dict[str, Any]) -> None:
    """One e-mail to one person, unless the feed has recovered, or it is not for this person any more."""
    feed = Feed.objects.for_list().get(pk=payload["feed_id"])
    person = told_of_feed(feed).filter(pk=payload["user_id"]).first()
    if person is None or feed.state != FeedState.FAILING or feed.spells != payload["spell"]:
        return
    last = feed.fetches.filter(is_trial=False, ended_at__isnull=False).first()
    EmailMessage(
        subject=f"{settings.PORTAL_NAME}: the courses of {feed.whose} could not be fetched",
        body=FAILING_BODY.format(
            whose=feed.whose,
            timetable=feed.timetable,
            failures=feed.failures,
            sentence=last.sentence if last else "",
            url=settings.PORTAL_ADDRESS + reverse("prospectus:desk-feed", args=[feed.reference]),
        ),
        to=[person.email],
    ).send()


def send_feed_held(payload: dict[str, Any]) -> None:
    """One e-mail to one person, unless the file waits no more, or it is not for this person any more."""
    part = FeedPart.objects.select_related("provider", "upload").get(pk=payload["part_id"])
    person = told_of_part(part).filter(pk=payload["user_id"]).first()
    if person is None or part.upload is None or not part.upload.is_waiting:
        return
    EmailMessage(
        subject=f"{settings.PORTAL_NAME}: a file for {part.provider} waits for you",
        body=HELD_BODY.format(
            whose=part.provider,
            note=part.upload.note,
            url=settings.PORTAL_ADDRESS + reverse("providers:upload", args=[part.upload.reference]),
        ),
        to=[person.email],
    ).send()


def send_returned(payload: dict[str, Any]) -> None:
    """One e-mail to one person, without any of the words, unless all was changed meanwhile or it is not for them."""
    provider = Organisation.objects.get(pk=payload["provider_id"])
    person, number = descriptions.returned_receiver(provider, payload["user_id"])
    if person is None:
        return
    EmailMessage(
        subject=f"{settings.PORTAL_NAME}: course descriptions of {provider} were returned",
        body=RETURNED_BODY.format(
            provider=provider,
            number="1 of your course descriptions" if number == 1 else f"{number} of your course descriptions",
            them="it" if number == 1 else "them",
            desk_url=settings.PORTAL_ADDRESS + reverse("prospectus:desk-courses"),
        ),
        to=[person.email],
    ).send()


def send_asked(payload: dict[str, Any]) -> None:
    """One e-mail to one person, unless the question has been answered or taken back, or is not for this person."""
    row = ConsortiumPartner.objects.select_related("consortium__lead", "provider").get(pk=payload["partner_id"])
    person = who_is_told(row.provider).filter(pk=payload["user_id"]).first()
    if person is None or row.joined_on or row.ended_on or row.consortium.ended_on:
        return
    EmailMessage(
        subject=f"{settings.PORTAL_NAME}: {row.consortium.lead} asks you to teach with them",
        body=ASKED_BODY.format(
            lead=row.consortium.lead,
            partner=row.provider,
            name=row.consortium,
            partners_url=settings.PORTAL_ADDRESS + reverse("prospectus:consortia"),
        ),
        to=[person.email],
    ).send()


def send_answered(payload: dict[str, Any]) -> None:
    """One e-mail to one person of the lead: what the partner has said by now."""
    row = ConsortiumPartner.objects.select_related("consortium__lead", "provider").get(pk=payload["partner_id"])
    lead = row.consortium.lead
    person = who_is_told(lead).filter(pk=payload["user_id"]).first()
    if person is None or row.consortium.ended_on:
        return
    no = "has left" if row.joined_on else "has said no to"
    answer = no if row.ended_on else "has said yes to"
    EmailMessage(
        # Without the name that somebody typed: a line of its own in a header would never be sent.
        subject=f"{settings.PORTAL_NAME}: {row.provider} {answer} the partners you lead",
        body=ANSWERED_BODY.format(
            partner=row.provider,
            answer=answer,
            name=row.consortium,
            lead=lead,
            partners_url=settings.PORTAL_ADDRESS + reverse("prospectus:consortia"),
        ),
        to=[person.email],
    ).send()


def register_senders() -> None:
    from activity.registry import register_sender

    register_sender(KIND, send)
    register_sender(notices.KIND, send_notice)
    register_sender(fetches.FAILING, send_feed_failing)
    register_sender(fetches.HELD, send_feed_held)
    register_sender(descriptions.KIND, send_returned)
    register_sender(consortia.ASKED, send_asked)
    register_sender(consortia.ANSWERED, send_answered)
