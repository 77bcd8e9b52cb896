"""Subject and words of e-mails about accounts, from facts alone: what sends them and the page of all messages read the
same. They name nobody."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Said = tuple[str, str]


def address(name: str, *args: Any) -> str:
    """Of a page, as an e-mail has it."""
    return settings.PORTAL_ADDRESS + reverse(name, args=args)


def portal() -> dict[str, str]:
    return {"portal": settings.PORTAL_NAME}


def erasure_asked() -> Said:
    return (
        _("%(portal)s: something about your record needs your attention") % portal(),
        _("Sign in and open “Your data”. If you do nothing, it will be carried out.\n\n%(address)s")
        % {"address": address("accounts:your-data")},
    )


def confirm_link(token: str) -> Said:
    return (
        _("%(portal)s: confirm your e-mail address") % portal(),
        _(
            "Somebody has added this address to their account. If it was you, open this link within two days:\n\n"
            "%(address)s\n\nIf it was not you, do nothing. Nothing happens without the link."
        )
        % {"address": address("accounts:link-open", token)},
    )


def recovery_link(token: str) -> Said:
    return (
        _("%(portal)s: choose a new password") % portal(),
        _(
            "Open this link within an hour to see your sign-in name and choose a new password. It works once:"
            "\n\n%(address)s\n\nIf you did not ask for it, do nothing. Your password stays as it is."
        )
        % {"address": address("accounts:link-open", token)},
    )


RECOVERY_MADE = (
    gettext_lazy("a code was made to help you sign in"),
    gettext_lazy(
        "On %(day)s a member of staff made a code with which a new password can be chosen for your account. "
        "If you did not ask for it, tell your school today."
    ),
)
PASSWORD_CHANGED = (
    gettext_lazy("your password was changed"),
    gettext_lazy(
        "On %(day)s a new password was chosen for your account, and everybody who was signed in with it was signed "
        "out. If it was not you, tell your school or your organisation today."
    ),
)


def on_a_day(words: tuple[Any, Any], day: dt.date) -> Said:
    return f"{settings.PORTAL_NAME}: {words[0]}", words[1] % {"day": date_format(day, "j E Y")}


CHANGES = {
    "factor-added": gettext_lazy("an app or a passkey was added to how you sign in"),
    "factor-removed": gettext_lazy("an app or a passkey was removed from how you sign in"),
    "codes-made": gettext_lazy("new codes to write down were made for you, and the earlier ones no longer work"),
    "code-used": gettext_lazy("one of your written-down codes was used to sign in"),
    "factors-reset": gettext_lazy("your second step at sign-in was taken away, so that you can set up a new one"),
    "password-changed": gettext_lazy("your password was changed"),
    "sign-on-joined": gettext_lazy("your account was joined to the sign-in of the organisation you act for"),
    "sign-on-parted": gettext_lazy("your account was parted from the sign-in of an organisation"),
}


def sign_in_changed(what: str, at: dt.datetime) -> Said:
    facts = {"when": date_format(at, "j E Y, H:i"), "what": CHANGES[what], "address": address("accounts:account")}
    return (
        _("%(portal)s: how you sign in has changed") % portal(),
        _(
            "On %(when)s %(what)s.\n\nIf that was you, there is nothing to do.\n\n"
            "If it was not, change your password now and tell the person who looks after accounts where you work:"
            "\n\n%(address)s"
        )
        % facts,
    )


def staff_unused(last_on: dt.date) -> Said:
    day = date_format(last_on, "j F Y")
    return (
        _("%(portal)s: sign in by %(day)s to keep your access") % {**portal(), "day": day},
        _(
            "You have not signed in for a long time. Sign in by %(day)s and everything stays as it is:\n\n"
            "%(address)s\n\nIf you do not, your access ends the day after. Whoever looks after accounts where you "
            "work can then invite you again.\n\nIf you no longer work there, you need do nothing."
        )
        % {"day": day, "address": address("accounts:sign-in")},
    )


UNUSED = {
    "staff-lapsing": (
        gettext_lazy("somebody’s access ends after %(day)s unless they sign in"),
        gettext_lazy(
            "Somebody you look after has not signed in for a long time. If they still work there, ask them to sign in "
            "by %(day)s; otherwise you need do nothing. Who it is:"
        ),
    ),
    "staff-lapsed": (
        gettext_lazy("somebody’s access has ended because it was not used"),
        gettext_lazy(
            "On %(day)s somebody’s access ended, because they had not signed in for a long time in spite of two "
            "messages. If they are still needed, they have to be invited again:"
        ),
    ),
    "staff-kept": (
        gettext_lazy("an access nobody uses could not be ended"),
        gettext_lazy(
            "On %(day)s the access of somebody who looks after an area should have ended, because they have not signed "
            "in for a long time. It was kept, because nobody else there has the same task. Find out who does the work "
            "now, and who should have it:"
        ),
    ),
}


def to_who_looks_after(kind: str, on: dt.date, page: str) -> Said:
    subject, words = UNUSED[kind]
    facts = {"day": date_format(on, "j F Y")}
    return f"{settings.PORTAL_NAME}: {subject % facts}", f"{words % facts}\n\n{page}"


def supporter_invitation(token: str, until: dt.datetime) -> Said:
    return (
        _("%(portal)s: a young person asks you to support them") % portal(),
        _(
            "A young person you know uses %(portal)s to plan what they do after school. They want you to see some "
            "of it. They will tell you who they are.\n\n"
            "Open this link to say yes. It works once, until %(until)s:\n\n%(address)s\n\n"
            "Do not pass it on: whoever opens it can look in your place.\n\n"
            "If nobody has told you about this, do nothing."
        )
        % {**portal(), "until": date_format(until, "j F Y"), "address": address("accounts:support-open", token)},
    )


def supporter_joined() -> Said:
    return (
        _("%(portal)s: somebody you asked has said yes") % portal(),
        _(
            "Somebody you asked can now see what you chose to show them. Did you ask nobody? Then sign in and end "
            "it on the page “Your information and who sees it”:\n\n%(address)s"
        )
        % {"address": address("accounts:information")},
    )
