"""A learner without a letter makes a record; a person says which school's record is theirs, and can take that back."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.consents import answer_consent
from accounts.actions.unlocking import username_taken
from accounts.actions.uses import OF_A_ROLL
from accounts.models import (
    Attends,
    Consent,
    ConsentKind,
    DoubtReason,
    Learner,
    LearnerContact,
    LearnerDoubt,
    MergedLearner,
    Registration,
    RollEntry,
    User,
)
from accounts.policies import REGISTRATION_POLICY
from accounts.queries import OLD_ENOUGH, years_ago
from accounts.workflow import DoubtState
from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState, TooManyTries
from providers.models import Area, Organisation
from providers.queries import normalise_postcode

TOO_OLD = 25  # years: a plan for special needs can run until then
ADDRESS_LIMIT, ADDRESS_TIME = 60, dt.timedelta(hours=1)  # two classes in one IT room
KEPT_FOR = dt.timedelta(days=1)  # the network address


def register_learner(
    *,
    area: Area,
    given_name: str,
    family_name: str,
    birth_on: dt.date,
    postcode: str,
    attends: str,
    may_match: bool,
    match_words: str,
    username: str,
    password: str,
    address_hash: str,
    school: Organisation | None = None,
    elsewhere: str = "",
) -> User:
    """There is a record with an account, on no roll; nobody's caseload has it. Where the learner said yes, schools'
    records that may be theirs wait for a person to compare.

    Raises: RuleBroken ``too_young``, ``too_old``, ``no_postcode``, ``school_missing``, ``username_taken``,
    ValidationError of the password rules, TooManyTries after sixty registrations from one address in an hour.
    """
    username, postcode = username.strip().lower(), normalise_postcode(postcode)
    _check(birth_on, postcode, attends, school, elsewhere)
    if Registration.objects.from_address(address_hash, within=ADDRESS_TIME).count() >= ADDRESS_LIMIT:
        raise TooManyTries(_("Too many people have registered from here."), wait_minutes=60)
    try:
        with transaction.atomic():
            if User.objects.filter(username__iexact=username).exists():
                raise username_taken()
            names = {"given_name": given_name.strip(), "family_name": family_name.strip()}
            user = User(username=username, name=f"{names['given_name']} {names['family_name']}")
            validate_password(password, user)
            user.set_password(password)
            user.save()
            learner = Learner.objects.create(user=user, area=area, birth_on=birth_on, **names)
            LearnerContact.objects.create(learner=learner, postcode=postcode)
            Registration.objects.create(
                learner=learner,
                attends=attends,
                school=school if attends == Attends.SCHOOL else None,
                elsewhere=elsewhere.strip() if attends == Attends.ELSEWHERE else "",
                birth_on=birth_on,
                postcode=postcode,
                address_hash=address_hash,
                **names,
            )
            record("learner.register", subject=learner, by=user, attends=attends)
            answer_record_match(learner=learner, is_given=may_match, words=match_words, by=user)
    except IntegrityError as error:
        # Somebody took the name between the check and the save.
        raise username_taken() from error
    return user


def _check(birth_on: dt.date, postcode: str, attends: str, school: Organisation | None, elsewhere: str) -> None:
    """Raises: RuleBroken."""
    if birth_on > years_ago(OLD_ENOUGH):
        raise RuleBroken(
            _("You can register from your 13th birthday. Ask your school, which can do it for you."), code="too_young"
        )
    if birth_on <= years_ago(TOO_OLD + 1):
        raise RuleBroken(_("This is for people up to 25. Check the year of birth you typed."), code="too_old")
    if not postcode:
        raise RuleBroken(_("Enter a whole postcode, like HX1 1AA."), code="no_postcode")
    if attends == Attends.SCHOOL and school is None:
        raise RuleBroken(_("Choose your school or college, or say that it is not in the list."), code="school_missing")
    if attends == Attends.ELSEWHERE and not elsewhere.strip():
        raise RuleBroken(_("Enter the name of your school or college."), code="school_missing")


@transaction.atomic
def answer_record_match(*, learner: Learner, is_given: bool, words: str, by: Any) -> Consent:
    """The learner's answer whether a person may look for the record of a school. A no ends every question that waits.

    Raises: NotAllowed (only the learner), StaleState (a record has been joined), RuleBroken ``too_young``.
    """
    Area.objects.select_for_update(no_key=True).get(pk=learner.area_id)
    if not Registration.objects.waiting().filter(learner=learner).exists():
        raise StaleState(f"learner {learner.pk} is one with a school's record")
    consent = answer_consent(learner=learner, kind=ConsentKind.RECORD_MATCH, is_given=is_given, words=words, by=by)
    if is_given:
        ask_about_registered(area_id=learner.area_id, learner=learner)
    else:
        _drop_questions(learner)
    return consent


def _drop_questions(learner: Learner) -> None:
    LearnerDoubt.objects.open().filter(other=learner, why=DoubtReason.REGISTERED).delete()


def ask_about_registered(*, area_id: int, learner: Learner | None = None) -> int:
    """Each school's record that may be that of somebody who registered, and agreed, waits for a person to compare: the
    same date of birth, and the same names or home. Nobody is asked twice about two records. Returns how many.

    Records with an account are left alone: they have been claimed. For whoever holds the lock of the area.
    """
    registered = Learner.objects.filter(area=area_id, registration__joined_at=None, registration__isnull=False)
    registered = registered.agreeing_to(ConsentKind.RECORD_MATCH).select_related("contact")
    if learner is not None:
        registered = registered.filter(pk=learner.pk)
    by_date = defaultdict(list)
    for one in registered:
        by_date[one.birth_on].append(one)
    known = Learner.objects.filter(area=area_id, user=None, registration=None, birth_on__in=by_date)
    pairs = [
        (record, one)
        for record in known.select_related("contact")
        for one in by_date[record.birth_on]
        if _is_alike(record, one)
    ]
    entries = RollEntry.objects.filter(learner__in=[record.pk for record, _one in pairs]).order_by("started_on", "pk")
    schools = dict(entries.values_list("learner", "school"))  # the newest entry of each wins
    doubts = [
        LearnerDoubt(school_id=schools[record.pk], learner=record, other=one, why=DoubtReason.REGISTERED)
        for record, one in pairs
        if record.pk in schools
    ]
    asked = set(LearnerDoubt.objects.filter(other__in={one.pk for _r, one in pairs}).values_list("learner", "other"))
    doubts = [doubt for doubt in doubts if (doubt.learner_id, doubt.other_id) not in asked]
    LearnerDoubt.objects.bulk_create(doubts)
    return len(doubts)


def _is_alike(record: Learner, one: Learner) -> bool:
    """Same date of birth given: the same names (the one a school calls by, too), or one of them and the same home."""
    given = {_folded(record.given_name), _folded(record.preferred_name)} - {""}
    is_given, is_family = _folded(one.given_name) in given, _folded(one.family_name) == _folded(record.family_name)
    if is_given and is_family:
        return True
    home = getattr(record, "contact", None)
    return (is_given or is_family) and home is not None and home.postcode == one.contact.postcode != ""


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def note_joined(*, learner: Learner, by: Any, at: dt.datetime) -> None:
    """The registration of this learner, if there is one, has found its record; no other is asked about."""
    Registration.objects.waiting().filter(learner=learner).update(joined_at=at, joined_by=by)
    _drop_questions(learner)


@transaction.atomic
def separate_registered(*, registration: Registration, by: Any) -> Learner:
    """What the school says is a record of its own again; account, plan, applications, consents and whoever was let in
    stay with the learner who registered, under the name they typed. Nobody is asked about the two again.

    What an adult wrote down since stays with the account, too: it was said to the person who uses it.
    Raises: NotAllowed (the area coordinator), StaleState (not joined), RuleBroken ``undo_too_late`` after 30 days.
    """
    Area.objects.select_for_update(no_key=True).get(pk=registration.learner.area_id)
    learner = Learner.objects.select_for_update(no_key=True).get(pk=registration.learner_id)
    registration = Registration.objects.select_related("learner").get(pk=registration.pk)
    REGISTRATION_POLICY.require(by, "separate", registration)
    if registration.joined_at is None:
        raise StaleState(f"registration {registration.pk} is joined with nothing")
    if not registration.can_be_undone or not registration.family_name:
        raise RuleBroken(
            _(
                "The two became one more than %(days)s days ago. What was typed when registering is no longer kept, so "
                "this cannot be undone here. Ask the school to correct its roll."
            )
            % {"days": Registration.UNDO_DAYS},
            code="undo_too_late",
        )
    theirs = {
        name: getattr(learner, name)
        for name in ("given_name", "family_name", "preferred_name", "birth_on", "upn", "uln", "area_id")
    } | {"residence_authority_id": learner.residence_authority_id}
    learner.upn, learner.uln, learner.preferred_name, learner.residence_authority = None, "", "", None
    learner.given_name, learner.family_name = registration.given_name, registration.family_name
    learner.birth_on = registration.birth_on or learner.birth_on
    learner.save()
    school_record = Learner.objects.create(**theirs)
    for relation in Learner._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.label_lower in OF_A_ROLL - {"accounts.learnerdoubt", "accounts.receipt"}:
            model._default_manager.filter(learner=learner).update(learner=school_record)
    LearnerContact.objects.create(learner=learner, postcode=registration.postcode)
    # The reference the school's record had leads to the school's record again.
    MergedLearner.objects.filter(learner=learner, at=registration.joined_at).update(learner=school_record)
    registration.joined_at = registration.joined_by = None
    registration.save(update_fields=["joined_at", "joined_by"])
    school = RollEntry.objects.filter(learner=school_record).order_by("-started_on", "-pk").first()
    if school is not None:
        LearnerDoubt.objects.create(
            school_id=school.school_id,
            learner=school_record,
            other=learner,
            why=DoubtReason.REGISTERED,
            state=DoubtState.DIFFERENT,
            decided_by=by,
            decided_at=clock.now(),
        )
    record("registration.separate", subject=registration, by=by)
    return school_record


def tidy_registrations() -> int:
    """Network addresses live a day; what was typed when registering as long as joining can be undone. Returns how many
    registrations were emptied of their names."""
    now = clock.now()
    Registration.objects.filter(created_at__lte=now - KEPT_FOR).exclude(address_hash="").update(address_hash="")
    over = Registration.objects.filter(joined_at__lte=now - dt.timedelta(days=Registration.UNDO_DAYS))
    emptied: int = over.exclude(family_name="").update(given_name="", family_name="", birth_on=None, postcode="")
    return emptied
