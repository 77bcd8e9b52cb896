"""Who may do each verb to a choice, an application or a learner's outside offers. States are the flow's business."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Learner
from applications.querysets import assisted_by
from core.policies import Policy, either, the_service
from core.querysets import among, has_any
from providers.models import Organisation, RoleKind, StaffRole


def own_learner(user: Any, choice: Any) -> bool:
    """The learner whose choice it is."""
    return choice.application.learner.user_id == user.pk


def admissions(user: Any, choice: Any) -> bool:
    """Somebody who answers the applications of the provider this choice was sent to, or of the partner that its
    consortium's lead has placed the learner with."""
    mine = Organisation.objects.admitting_through(user)
    return choice.sent_at is not None and has_any(mine, choice.desk_ids)


def lead_admissions(user: Any, choice: Any) -> bool:
    """Somebody who answers the applications of the provider this choice was sent to itself."""
    return choice.sent_at is not None and admits(user, choice.provider)


def writes_for(user: Any, choice: Any) -> bool:
    """An adult who writes for the learner today, with the learner present or from a signed form."""
    return assisting(user, choice.application)


def home_school(user: Any, choice: Any) -> bool:
    """The coordinator of the school whose roll the learner is on."""
    return _coordinates(user, choice.application.learner_id)


CHOICE_POLICY = Policy(
    {
        "send": either(own_learner, home_school, writes_for),
        "endorse": home_school,
        "give_back": home_school,
        "send_unendorsed": the_service,
        "invite": admissions,
        "cancel_interview": admissions,
        "put_on_reserve": admissions,
        "offer": admissions,
        "change_offer": admissions,
        "refer": admissions,
        "take_referral": own_learner,
        "decline_referral": own_learner,
        "refuse": admissions,
        "withdraw_offer": admissions,
        "accept": own_learner,
        "hold": own_learner,
        "turn_down": own_learner,
        "lapse": the_service,
        "confirm": admissions,
        "fail_conditions": admissions,
        "enrol": admissions,
        "no_show": admissions,
        "leave": either(own_learner, admissions, home_school),
        "withdraw": either(own_learner, admissions),
        "close": the_service,
    }
)


# What the desk does with a choice beside answering it.
DESK_POLICY = Policy({"look": admissions, "assign": admissions, "note": admissions, "place": lead_admissions})
CONDITION_POLICY = Policy({"mark": admissions})
INTERVIEW_POLICY = Policy(
    {"book": own_learner, "give_back": own_learner, "rearrange": admissions, "record_attendance": admissions}
)


def the_learner(user: Any, application: Any) -> bool:
    """The learner whose application it is."""
    return application.learner.user_id == user.pk


def assisting(user: Any, application: Any) -> bool:
    """An adult who answers for the learner and has said today how they write for them."""
    return assisted_by(user).filter(application=application).exists() and adult_of(user, application.learner)


# What may be done to an application that is not a move of one of its choices.
APPLICATION_POLICY = Policy(
    {
        "write": either(the_learner, assisting),  # every section of the form, and answers to providers
        "choose": either(the_learner, assisting),  # courses in and out of drafts
        "rank": the_learner,
        "be_shown": the_learner,  # to providers with places, in clearing
    }
)


def learners_of_adult(user: Any) -> QuerySet:
    """Everybody whose adult (``adult_of``) this person is."""
    on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user))
    caseload = Learner.objects.on_caseload_of(user)
    return Learner.objects.filter(among("pk", on_roll.values("pk")) | among("pk", caseload.values("pk")))


def adult_of(user: Any, learner: Any) -> bool:
    """The coordinator of the learner's school, or the adviser who answers for it."""
    return learners_of_adult(user).filter(pk=learner.pk).exists()


def answers_as_adviser_only(user: Any, learner: Any) -> bool:
    """The adviser who answers for the learner, and not the coordinator of their school."""
    return not _coordinates(user, learner.pk)


def themselves(user: Any, learner: Any) -> bool:
    """The learner."""
    return learner.user_id == user.pk


LEARNER_POLICY = Policy(
    {
        "start_application": either(themselves, adult_of),
        "assist": adult_of,
        "record_outside_offer": adult_of,
        "end_outside_offer": adult_of,
        "say_outside_offer": themselves,
        "take_back_outside_offer": themselves,
        "confirm_outside_offer": adult_of,
        "go_own_route": themselves,
    }
)


def admits(user: Any, provider: Any) -> bool:
    """Somebody who answers the applications of the provider."""
    return has_any(Organisation.objects.admitting_through(user), [provider.pk])


def lets_in(user: Any, provider: Any) -> bool:
    """The provider's manager: who lets its own system in lets in whoever runs that. Of a sandbox the help desk, too."""
    return Organisation.objects.let_in_through(user).filter(pk=provider.pk).exists()


def manages(user: Any, provider: Any) -> bool:
    """The provider's manager."""
    return has_any(Organisation.objects.with_role(user, RoleKind.MANAGER), [provider.pk])


def looks_after_its_area(user: Any, provider: Any) -> bool:
    """An officer or area coordinator of the area the provider is in."""
    return StaffRole.objects.over_areas(user).filter(organisation__area=provider.area_id).exists()


def was_invited(user: Any, invitation: Any) -> bool:
    """The learner whom a provider has asked from clearing."""
    return invitation.listing.application.learner.user_id == user.pk


INVITATION_POLICY = Policy({"take": was_invited, "decline": was_invited})


PROVIDER_POLICY = Policy(
    {
        "ask_question": admits,
        "hold_interviews": admits,
        "release": admits,
        "set_usual_conditions": admits,
        "take_list": admits,
        "let_system_in": lets_in,
        "invite_from_clearing": admits,
        "rehearse_results": either(manages, looks_after_its_area),
        "try_rehearsal": admits,
    }
)


def hands_over_results(user: Any, school: Any) -> bool:
    """The coordinator of the school, or whoever looks after its area."""
    areas = StaffRole.objects.over_areas(user).values("organisation__area")
    return (
        Organisation.objects.coordinating_through(user).filter(pk=school.pk).exists()
        or Organisation.objects.filter(pk=school.pk, area__in=areas).exists()
    )


RESULTS_POLICY = Policy({"bring": hands_over_results})


def lists_from(user: Any) -> Any:
    """Providers whose enrolment lists this person may hand over: those they answer applications for, and all of an
    area they look after."""
    areas = StaffRole.objects.over_areas(user).values("organisation__area")
    mine = Organisation.objects.with_role(user, "admissions", "manager")
    return Organisation.objects.providers().filter(
        Q(pk__in=mine.values("pk")) | Q(area__in=areas), ended_on=None, practice_of=None
    )


def hands_over_enrolments(user: Any, provider: Any) -> bool:
    """The provider's people, or whoever looks after its area."""
    return bool(lists_from(user).filter(pk=provider.pk).exists())


def officer_of_its_area(user: Any, enrolment: Any) -> bool:
    """An officer of the authority in whose area the provider is."""
    officers = StaffRole.objects.of(user, "officer").filter(organisation__kind="authority")
    return officers.filter(organisation__area=enrolment.provider.area_id).exists()


ENROLMENTS_POLICY = Policy({"bring": hands_over_enrolments})
ENROLMENT_POLICY = Policy({"settle": officer_of_its_area})


def picked_them(user: Any, run: Any) -> bool:
    """Whoever picked the choices to be answered together."""
    return run.by_id == user.pk


BULK_POLICY = Policy({"confirm": picked_them, "settle": picked_them})


def _coordinates(user: Any, learner_id: int) -> bool:
    schools = Organisation.objects.coordinating_through(user)
    return Learner.objects.on_roll_of(schools).filter(pk=learner_id).exists()
