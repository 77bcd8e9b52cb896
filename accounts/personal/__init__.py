"""What this floor's tables say of a learner: how it is told, erased and merged, and how long it is kept."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.db.models import CharField, DateField, JSONField, Value
from django.db.models.functions import Cast, Concat, TruncYear
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Attendance,
    CaseloadLearner,
    Characteristics,
    Consent,
    DailyItem,
    DailyMail,
    DataCopy,
    Erasure,
    Learner,
    LearnerContact,
    LearnerDoubt,
    LearnerSearch,
    LetterRun,
    MailChoice,
    MergedLearner,
    Receipt,
    Recovery,
    Registration,
    RollEntry,
    SchoolGrade,
    Session,
    SignInLink,
    SignOnIdentity,
    Supporter,
    UnlockCode,
    UnlockFailure,
    User,
)
from accounts.personal import joining, keeping
from core import personal
from core.personal import Blank, Erase
from providers.models import StaffRole


def register() -> None:
    """The list of this floor. Tables that others point to come first."""
    personal.register(
        User,
        path="learner",
        title=_("How you sign in"),
        shows={
            "username": _("Sign-in name"),
            "name": _("Name"),
            "email": _("E-mail address"),
            "last_login": _("Last signed in"),
        },
        erase=Blank(
            username=Concat(Value("erased-"), Cast("pk", CharField())),
            name="",
            email="",
            bounced_email="",
            password="!",  # noqa: S106 - Django's own sign for a password that nothing matches
            is_active=False,
            last_login=None,
            display=Value({}, JSONField()),
            language="",
        ),
        because=_("The number of the account stays, so that history still says that one person did several things."),
        merge=joining.nothing,
    )
    personal.register(
        Session,
        path="user__learner",
        title=_("Where you are signed in"),
        shows={"device": _("Device"), "started_at": _("Since"), "seen_at": _("Last used")},
        erase=Erase.DELETE,
        merge=joining.sessions,
    )
    personal.register(
        Authenticator,
        path="user__learner",
        title=_("Passkeys you sign in with"),
        shows={"type": _("Kind"), "created_at": _("Added"), "last_used_at": _("Last used")},
        erase=Erase.DELETE,
        merge=joining.authenticators,
    )
    personal.register(
        MailChoice,
        path="user__learner",
        title=_("Which e-mails you want"),
        shows={"topic": _("About"), "when": _("When"), "changed_at": _("Since")},
        erase=Erase.DELETE,
        once_by=("topic",),
    )
    for model in (DailyMail, DailyItem):
        personal.register_apart(model, because=_("Only people at work have an e-mail of the day."))
    personal.register(
        Learner,
        path="",
        title=_("Your record"),
        shows={
            "given_name": _("Given name"),
            "family_name": _("Family name"),
            "preferred_name": _("Name you are called"),
            "birth_on": _("Date of birth"),
            "upn": _("Unique pupil number (UPN)"),
            "uln": _("Unique learner number (ULN)"),
            "area__name": _("Area"),
            "residence_authority__name": _("Authority you live in"),
            "created_at": _("Here since"),
        },
        erase=Blank(
            given_name="",
            family_name="",
            preferred_name="",
            birth_on=TruncYear("birth_on", output_field=DateField()),
            upn=None,
            uln="",
        ),
        because=_(
            "A record without a name stays, with the year of birth, so that figures of past years do not change."
        ),
        merge=joining.nothing,
    )
    personal.register(
        LearnerContact,
        path="learner",
        title=_("How to reach you"),
        shows={
            "email": _("E-mail address"),
            "phone": _("Telephone"),
            "address": _("Address"),
            "postcode": _("Postcode"),
        },
        erase=Erase.DELETE,
        merge=joining.contacts,
    )
    personal.register(
        CaseloadLearner,
        path="learner",
        title=_("Which adviser you were given to"),
        shows={"adviser__user__name": _("Adviser"), "started_on": _("From"), "ended_on": _("Until")},
        erase=Erase.KEEP,
        because=_("How many learners an adviser had is part of the figures."),
        merge=joining.caseload,
    )
    personal.register(
        RollEntry,
        path="learner",
        title=_("Schools you are or were at"),
        shows={
            "school__name": _("School"),
            "year_group": _("Year group"),
            "tutor_group": _("Tutor group"),
            "local_id": _("The school's own number for you"),
            "started_on": _("From"),
            "ended_on": _("Until"),
        },
        erase=Blank(local_id="", tutor_group=""),
        because=_("How many were in each school and year is part of the figures."),
        merge=joining.roll,
    )
    personal.register(
        Consent,
        path="learner",
        title=_("What you agreed to, or not"),
        shows={"kind": _("About"), "is_given": _("Agreed"), "words": _("What you were asked"), "at": _("When")},
        erase=Erase.KEEP,
        because=_("It proves that you were asked, and has no name in it."),
    )
    personal.register(
        LetterRun,
        path="learner",
        title=_("Letters printed for you alone"),
        shows={"school__name": _("School"), "created_at": _("Asked for"), "fetched_at": _("Fetched")},
        erase=Blank(pdf=None),
        because=_("How many letters a school printed is part of its figures."),
    )
    personal.register(
        UnlockCode,
        path="learner",
        title=_("Unlock codes made for you"),
        shows={"issued_at": _("Made"), "expires_on": _("Good until"), "used_at": _("Used"), "ended_at": _("Replaced")},
        erase=Erase.DELETE,
        merge=joining.codes,
    )
    personal.register(
        UnlockFailure,
        path=("unlock_code__learner", "recovery__learner"),
        title=_("Wrong tries to unlock your record today"),
        shows={"at": _("When")},
        erase=Erase.DELETE,
    )
    personal.register(
        Recovery,
        path="learner",
        title=_("When staff helped you to sign in"),
        shows={
            "asked_at": _("When"),
            "identity_check__words": _("How they made sure that it was you"),
            "used_at": _("Used"),
            "ended_at": _("Ended"),
        },
        erase=Blank(code_hash=None, unlock_code=None),
        because=_("How often staff helped somebody in is watched, by numbers."),
        merge=joining.recoveries,
    )
    personal.register(
        LearnerSearch,
        path="learner",
        title=_("When the help desk looked you up"),
        shows={"at": _("When")},
        erase=Erase.KEEP,
        because=_("It is kept of the one who looked, and has no name in it."),
    )
    personal.register(
        Receipt,
        path="learner",
        title=_("Who looked at your record"),
        shows={
            "on": _("Day"),
            "reader__name": _("Who"),
            "role__kind": _("Role"),
            "role__organisation__name": _("Of"),
            "section": _("What they looked at"),
            "times": _("How often"),
        },
        erase=Erase.KEEP,
        because=_("It is kept of the one who looked, and has no name of yours in it."),
        merge=joining.receipts,
    )
    personal.register(
        Registration,
        path="learner",
        title=_("How you registered without a letter"),
        shows={
            "created_at": _("When"),
            "attends": _("Where you said you learn"),
            "school__name": _("School"),
            "elsewhere": _("School, in your words"),
            "given_name": _("First name you typed"),
            "family_name": _("Last name you typed"),
            "birth_on": _("Date of birth you typed"),
            "postcode": _("Postcode you typed"),
            "joined_at": _("Found as a school's record"),
        },
        erase=Erase.DELETE,
        merge=joining.registrations,
    )
    personal.register(
        Supporter,
        path="learner",
        title=_("People you let in"),
        shows={
            "known_as": _("What you call them"),
            "user__name": _("Name"),
            "sections": _("What they may see"),
            "accepted_at": _("Since"),
            "until_on": _("Until"),
            "ended_at": _("Ended"),
        },
        erase=Erase.DELETE,
        once_by=("user",),
    )
    personal.register(
        SignInLink,
        path="user__learner",
        title=_("Links sent to you by e-mail"),
        shows={"kind": _("What for"), "email": _("Sent to"), "created_at": _("Sent"), "used_at": _("Used")},
        erase=Erase.DELETE,
        merge=joining.links,
    )
    personal.register(
        DataCopy,
        path="learner",
        title=_("Copies of your data that you asked for"),
        shows={"created_at": _("Asked for"), "fetched_at": _("Fetched")},
        erase=Erase.DELETE,
    )
    personal.register(
        Erasure,
        path="learner",
        title=_("Requests to erase your record"),
        shows={
            "asked_at": _("Asked"),
            "is_own": _("By you"),
            "due_on": _("To be carried out from"),
            "ended_at": _("Ended"),
        },
        erase=Blank(reason=""),
        because=_("It proves that you were erased because somebody who may asked for it."),
    )
    personal.register(
        MergedLearner,
        path="learner",
        title=_("Second records of yours that were joined with this one"),
        shows={"reference": _("Reference"), "at": _("When")},
        erase=Erase.DELETE,
    )
    personal.register(
        EmailAddress,
        path="user__learner",
        title=_("E-mail addresses you sign in with"),
        shows={"email": _("E-mail address"), "verified": _("Confirmed")},
        erase=Erase.DELETE,
        merge=joining.addresses,
    )
    personal.register(
        EmailConfirmation,
        path="email_address__user__learner",
        title=_("Requests to confirm an e-mail address"),
        shows={"created": _("Asked"), "sent": _("Sent")},
        erase=Erase.DELETE,
    )
    personal.register(
        Characteristics,
        path="learner",
        title=_("Facts your school gave for figures"),
        shows={
            "sex": _("Sex"),
            "ethnicity": _("Ethnicity (code)"),
            "sen_provision": _("Special educational needs"),
            "sen_needs": _("Kinds of need (codes)"),
            "has_free_meals": _("Free school meals"),
            "is_looked_after": _("In the care of an authority"),
            "said_on": _("Said on"),
        },
        erase=Erase.DELETE,
        merge=joining.characteristics,
    )
    personal.register(
        SchoolGrade,
        path="learner",
        title=_("Results and predicted grades from your school"),
        shows={
            "kind": _("Kind"),
            "stage": _("Stage"),
            "subject": _("Subject"),
            "value": _("Grade"),
            "school__name": _("School"),
            "said_on": _("Said on"),
        },
        erase=Erase.DELETE,
        once_by=("school", "kind", "stage", "subject"),
    )
    personal.register(
        Attendance,
        path="learner",
        title=_("Your attendance at school"),
        shows={
            "school_year": _("School year from"),
            "possible": _("Sessions"),
            "attended": _("Attended"),
            "school__name": _("School"),
            "said_on": _("Said on"),
        },
        erase=Erase.DELETE,
        once_by=("school", "school_year"),
    )
    personal.register(
        LearnerDoubt,
        path=("learner", "other"),
        title=_("Whether two records were both yours"),
        shows={"created_at": _("Asked"), "state": _("Answer"), "school__name": _("Who was asked")},
        erase=Erase.DELETE,
        merge=joining.doubts,
    )
    personal.register_apart(SignOnIdentity, because=_("Only staff are signed on by an organisation."))
    personal.register_apart(StaffRole, because=_("A learner's account never holds a role at work."))
    keeping.register()
