"""E-mails to those who keep the courses of a provider. Their desks are in English, and so are these."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actions import hear_now
from accounts.mail_words import Said
from accounts.models import User
from accounts.queries import foot_of
from prospectus.actions import consortia, descriptions, fetches, notices
from prospectus.models import ConsortiumPartner, Feed, FeedPart, FeedState, FreshnessNotice, NoticeStep
from prospectus.queries.feeds import told_of_feed, told_of_part
from prospectus.queries.notices import who_is_told
from providers.models import Organisation

NOTICE_STEPS = {
    NoticeStep.TURNED_AMBER: _("An update of your courses is due. The light has turned amber."),
    NoticeStep.ONE_WEEK_AMBER: _("An update of your courses has been due for a week."),
    NoticeStep.WEEK_BEFORE_RED: _("In a week your courses will count as out of date, and the light turns red."),
    NoticeStep.TURNED_RED: _("Your courses count as out of date now. The light has turned red."),
    NoticeStep.STILL_RED: _("Your courses still count as out of date. The light is red."),
}
NOTICE_BODY = _("""{provider}

{step}

What to do: look through your courses. If all of it is right, press the button "Everything is still correct". It takes a
minute. If something has changed, change it there or upload your courses again.

{health_url}

Learners see on each course when you last checked it.

You get this because you look after these courses. If you cannot do it now, tell your area's help desk; they can pause
these e-mails.""")

FAILING_BODY = _("""The courses of {whose} are fetched by this portal from another system, {timetable}. The last
{failures} times that did not work. The latest time:

{sentence}

What to do: look whether the address still holds, and tell whoever runs the other system. You can try it, or switch it
off, here:

{url}

Learners still see the courses as they were fetched last. The portal goes on trying and writes again only if it works
and then fails anew.""")
HELD_BODY = _("""\
The file that was fetched for {whose} would take much out of the prospectus, so nothing has been changed.
It waits for somebody to look at it and to say that it is right:

{url}

{note}

Nothing happens until then. If the file is wrong, put it aside, and tell whoever runs the other system.""")
ASKED_BODY = _("""{lead} asks {partner} to teach courses together, as “{name}”.

Say yes or no here:

{partners_url}

Until you say yes, your name stands on none of their courses. You can leave at any time.

You get this because you look after the courses of {partner}.""")
# Subject and body of what a partner has answered.
ANSWERED = {
    "yes": (
        _("%(portal)s: %(partner)s has said yes to the partners you lead"),
        _("{partner} has said yes to “{name}”, the partners that {lead} leads."),
    ),
    "no": (
        _("%(portal)s: %(partner)s has said no to the partners you lead"),
        _("{partner} has said no to “{name}”, the partners that {lead} leads."),
    ),
    "left": (
        _("%(portal)s: %(partner)s has left the partners you lead"),
        _("{partner} has left “{name}”, the partners that {lead} leads."),
    ),
}
ANSWERED_BODY = _("""{sentence}

{partners_url}

You get this because you look after the courses of {lead}.""")
RETURNED_BODY = ngettext_lazy(
    """%(provider)s

The area's editors have read %(number)s of your course descriptions and ask you to change it. Their \
comments are at the top of your courses.

%(desk_url)s

Learners go on seeing the courses as they are. When you have changed a description, it is read again.

You get this because you look after these courses. It comes at most once a day.""",
    """%(provider)s

The area's editors have read %(number)s of your course descriptions and ask you to change them. Their \
comments are at the top of your courses.

%(desk_url)s

Learners go on seeing the courses as they are. When you have changed a description, it is read again.

You get this because you look after these courses. It comes at most once a day.""",
    "number",
)


def _subject(words: Any, **values: Any) -> str:
    return str(words % {"portal": settings.PORTAL_NAME, **values})


def notice(provider: Any, step: NoticeStep) -> Said:
    return (
        _subject(gettext("%(portal)s: please look through the courses of %(provider)s"), provider=provider),
        NOTICE_BODY.format(
            provider=provider,
            step=NOTICE_STEPS[step],
            health_url=settings.PORTAL_ADDRESS + reverse("prospectus:health"),
        ),
    )


def send_notice(payload: dict[str, Any]) -> None:
    """One e-mail to one person, unless the courses were looked at meanwhile, or it is not for this person any more."""
    row = FreshnessNotice.objects.select_related("provider").get(pk=payload["notice_id"])
    person = notices.receiver_of(row, payload["user_id"])
    _mail(notices.KIND, person, f"provider:{row.provider_id}", notice, row.provider, NoticeStep(row.step))


def feed_failing(whose: str, timetable: str, failures: int, sentence: str, reference: str) -> Said:
    return (
        _subject(gettext("%(portal)s: the courses of %(whose)s could not be fetched"), whose=whose),
        FAILING_BODY.format(
            whose=whose,
            timetable=timetable,
            failures=failures,
            sentence=sentence,
            url=settings.PORTAL_ADDRESS + reverse("prospectus:desk-feed", args=[reference]),
        ),
    )


def send_feed_failing(payload: dict[str, Any]) -> None:
    """One e-mail to one person, unless the feed has recovered, or it is not for this person any more."""
    feed = Feed.objects.for_list().get(pk=payload["feed_id"])
    person = told_of_feed(feed).filter(pk=payload["user_id"]).first()
    if person is None or feed.state != FeedState.FAILING or feed.spells != payload["spell"]:
        return
    last = feed.fetches.filter(is_trial=False, ended_at__isnull=False).first()
    facts = feed.whose, feed.timetable, feed.failures, last.sentence if last else "", feed.reference
    _mail(fetches.FAILING, person, f"feed:{feed.pk}", feed_failing, *facts)


def feed_held(whose: Any, note: str, reference: str) -> Said:
    return (
        _subject(gettext("%(portal)s: a file for %(provider)s waits for you"), provider=whose),
        HELD_BODY.format(
            whose=whose, note=note, url=settings.PORTAL_ADDRESS + reverse("providers:upload", args=[reference])
        ),
    )


def send_feed_held(payload: dict[str, Any]) -> None:
    """One e-mail to one person, unless the file waits no more, or it is not for this person any more."""
    part = FeedPart.objects.select_related("provider", "upload").get(pk=payload["part_id"])
    person = told_of_part(part).filter(pk=payload["user_id"]).first()
    if person is None or part.upload is None or not part.upload.is_waiting:
        return
    facts = part.provider, part.upload.note, part.upload.reference
    _mail(fetches.HELD, person, f"part:{part.pk}", feed_held, *facts)


def returned(provider: Any, number: int) -> Said:
    return (
        _subject(gettext("%(portal)s: course descriptions of %(provider)s were returned"), provider=provider),
        RETURNED_BODY
        % {
            "provider": provider,
            "number": number,
            "desk_url": settings.PORTAL_ADDRESS + reverse("prospectus:desk-courses"),
        },
    )


def send_returned(payload: dict[str, Any]) -> None:
    """One e-mail to one person, without any of the words, unless all was changed meanwhile or it is not for them."""
    provider = Organisation.objects.get(pk=payload["provider_id"])
    person, number = descriptions.returned_receiver(provider, payload["user_id"])
    _mail(descriptions.KIND, person, f"provider:{provider.pk}", returned, provider, number)


def asked(lead: Any, partner: Any, name: Any) -> Said:
    return (
        _subject(gettext("%(portal)s: %(lead)s asks you to teach with them"), lead=lead),
        ASKED_BODY.format(
            lead=lead,
            partner=partner,
            name=name,
            partners_url=settings.PORTAL_ADDRESS + reverse("prospectus:consortia"),
        ),
    )


def send_asked(payload: dict[str, Any]) -> None:
    """One e-mail to one person, unless the question has been answered or taken back, or is not for this person."""
    row = ConsortiumPartner.objects.select_related("consortium__lead", "provider").get(pk=payload["partner_id"])
    person = who_is_told(row.provider).filter(pk=payload["user_id"]).first()
    if person is None or row.joined_on or row.ended_on or row.consortium.ended_on:
        return
    facts = row.consortium.lead, row.provider, row.consortium
    _mail(consortia.ASKED, person, f"partner:{row.pk}", asked, *facts)


def answered(said: str, lead: Any, partner: Any, name: Any) -> Said:
    """``said`` is a key of ``ANSWERED``."""
    subject, sentence = ANSWERED[said]
    return (
        # Without the name that somebody typed: a line of its own in a header would never be sent.
        _subject(subject, partner=partner),
        ANSWERED_BODY.format(
            sentence=sentence.format(partner=partner, name=name, lead=lead),
            lead=lead,
            partners_url=settings.PORTAL_ADDRESS + reverse("prospectus:consortia"),
        ),
    )


def send_answered(payload: dict[str, Any]) -> None:
    """One e-mail to one person of the lead: what the partner has said by now."""
    row = ConsortiumPartner.objects.select_related("consortium__lead", "provider").get(pk=payload["partner_id"])
    lead = row.consortium.lead
    person = who_is_told(lead).filter(pk=payload["user_id"]).first()
    if person is None or row.consortium.ended_on:
        return
    no = "left" if row.joined_on else "no"
    said = no if row.ended_on else "yes"
    _mail(consortia.ANSWERED, person, f"partner:{row.pk}", answered, said, lead, row.provider, row.consortium)


def _mail(kind: str, person: User | None, about: str, say: Callable[..., Said], *facts: Any) -> None:
    """One e-mail to one person, unless there is nobody, or they want to hear of this kind later or not at all."""
    if person is not None and hear_now(kind, [person], about=about):
        subject, body = say(*facts)
        EmailMessage(subject=subject, body=body + foot_of(kind), to=[person.email]).send()


def register_senders() -> None:
    from activity.registry import register_sender

    register_sender(notices.KIND, send_notice)
    register_sender(fetches.FAILING, send_feed_failing)
    register_sender(fetches.HELD, send_feed_held)
    register_sender(descriptions.KIND, send_returned)
    register_sender(consortia.ASKED, send_asked)
    register_sender(consortia.ANSWERED, send_answered)
