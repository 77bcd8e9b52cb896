"""Reads that span several tables of this floor."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import TruncHour
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import (
    WORDS,
    Consent,
    ConsentKind,
    ConsentWording,
    Learner,
    RetentionRule,
    RollEntry,
    SignInLink,
    Supporter,
    UnlockCode,
    UnlockFailure,
    UnlockWindow,
    User,
)
from accounts.registry import HOMES
from activity.models import Event
from core import clock, personal
from providers.models import Area, Invitation, Organisation, StaffRole
from providers.queries import roles_today


def own_learner_of(user: Any) -> Learner | None:
    """The learner record this person signs in for, asked of the database once per request."""
    if not user.is_authenticated:
        return None
    if not hasattr(user, "own_learner"):
        user.own_learner = Learner.objects.filter(user=user).first()
    return user.own_learner


def is_learner(user: Any) -> bool:
    return own_learner_of(user) is not None


def home_of(user: Any) -> str:
    """The address this person lands on after signing in: the prospectus unless a floor has a better page."""
    for home in sorted(HOMES.values(), key=lambda home: (home.order, home.url_name)):
        if home.is_for(user):
            try:
                return reverse(home.url_name)
            except NoReverseMatch:
                continue
    return "/"


class Group(NamedTuple):
    """A part of a school's roll: a year group, or one tutor group of it."""

    year_group: int
    tutor_group: str | None  # None: the whole year; "": those without a tutor group
    learners: int
    not_unlocked: int

    @property
    def key(self) -> str:
        return str(self.year_group) if self.tutor_group is None else f"{self.year_group}:{self.tutor_group}"

    @property
    def words(self) -> str:
        if self.tutor_group is None:
            return f"Year {self.year_group}"
        return self.tutor_group or f"Year {self.year_group}, no tutor group"


def groups_of(school: Organisation) -> list[Group]:
    """The year groups of a school's roll, each followed by its tutor groups."""
    counted = (
        RollEntry.objects.current()
        .filter(school=school)
        .order_by("year_group", "tutor_group")
        .values_list("year_group", "tutor_group")
        .annotate(learners=Count("pk"), not_unlocked=Count("pk", filter=Q(learner__user=None)))
    )
    years: dict[int, list[Group]] = {}
    for row in counted:
        group = Group(*row)
        years.setdefault(group.year_group, []).append(group)
    answer = []
    for year, groups in years.items():
        answer.append(Group(year, None, sum(g.learners for g in groups), sum(g.not_unlocked for g in groups)))
        answer.extend(groups)
    return answer


def entries_for_letters(
    school: Organisation,
    *,
    year_group: int | None,
    tutor_group: str,
    learner: Learner | None = None,
    only_missing: bool = False,
) -> Any:
    """Roll entries of today whose learners have not unlocked their record, in the order a school hands letters out."""
    entries = RollEntry.objects.current().not_unlocked().filter(school=school)
    if year_group is not None:
        entries = entries.filter(year_group=year_group)
    if tutor_group:
        entries = entries.filter(tutor_group=tutor_group)
    if learner is not None:
        entries = entries.filter(learner=learner)
    if only_missing:
        entries = entries.exclude(learner__in=UnlockCode.objects.in_hand().values("learner"))
    return entries.order_by("year_group", "tutor_group", "learner__family_name", "learner__given_name", "pk")


class Opening(NamedTuple):
    """Whether learners may unlock today; otherwise from when. ``closes_on``: the last day of these days."""

    is_open: bool
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None


def opening_of(school: Organisation | None, *, area_id: int) -> Opening:
    """The days on which learners of a school unlock: its own, else its area's, else all days."""
    windows = list(UnlockWindow.objects.standing().filter(area=area_id).filter(Q(school=school) | Q(school=None)))
    own = [window for window in windows if window.school_id is not None]
    today = clock.today()
    last = None
    for window in own or windows:
        if window.opens_on <= today <= window.closes_on:
            return Opening(True, window.opens_on, window.closes_on)
        if window.opens_on > today:
            return Opening(False, window.opens_on, window.closes_on)
        last = window.closes_on
    return Opening(not windows, None, last)


class Standing(NamedTuple):
    """How far a tutor group has got with unlocking. The last four add up to ``learners``."""

    year_group: int
    tutor_group: str
    learners: int
    unlocked: int
    in_hand: int  # a letter that works was downloaded, or a code given in person
    printed: int  # a letter that works was printed, and nobody has downloaded it
    nothing: int

    @property
    def key(self) -> str:
        return f"{self.year_group}:{self.tutor_group}"

    @property
    def words(self) -> str:
        return self.tutor_group or f"Year {self.year_group}, no tutor group"


def standings_of(school: Organisation) -> list[Standing]:
    """One for each tutor group of a school's roll, in order."""
    waiting = Q(learner__user=None)
    rows = (
        RollEntry.objects.current()
        .filter(school=school)
        .with_letters()
        .order_by("year_group", "tutor_group")
        .values_list("year_group", "tutor_group")
        .annotate(
            learners=Count("pk"),
            unlocked=Count("pk", filter=~waiting),
            letters=Count("pk", filter=waiting & Q(is_in_hand=True)),
            printed=Count("pk", filter=waiting & Q(is_in_hand=False, has_open_code=True)),
            nothing=Count("pk", filter=waiting & Q(is_in_hand=False, has_open_code=False)),
        )
    )
    return [Standing(*row) for row in rows]


def failures_by_hour(*, schools: Any) -> list[dict[str, Any]]:
    """Wrong dates of birth of the last day for codes of learners at these schools: school, hour, how many."""
    entries = RollEntry.objects.current().filter(school__in=schools)
    return list(
        UnlockFailure.objects.filter(
            at__gt=clock.now() - dt.timedelta(days=1), unlock_code__learner__roll_entries__in=entries
        )
        .values(
            school=F("unlock_code__learner__roll_entries__school__name"),
            hour=TruncHour("at", tzinfo=timezone.get_default_timezone()),
        )
        .annotate(wrong=Count("pk"), codes=Count("unlock_code", distinct=True))
        .order_by("-hour", "school")
    )


def schools_watched_by(user: Any) -> Any:
    """Schools whose wrong tries this person is told of: a coordinator's own, and all of a help desk's area."""
    areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
    own = Organisation.objects.coordinating_through(user).values("pk")
    return Organisation.objects.filter(Q(pk__in=own) | Q(area__in=areas, kind="school"))


def codes_nobody_has() -> int:
    """Tries of the last day with codes that were never made."""
    since = clock.now() - dt.timedelta(days=1)
    return UnlockFailure.objects.filter(unlock_code=None, at__gt=since).count()


def guessing_told(*, schools: Any, days: int = 90) -> list[dict[str, Any]]:
    """When these schools were told of many wrong tries: at, school, how many there were."""
    names = {f"providers.organisation:{pk}": name for pk, name in schools.values_list("pk", "name")}
    since = clock.now() - dt.timedelta(days=days)
    events = Event.objects.filter(verb="unlock.guessing", at__gt=since, subject__in=list(names))
    return [{"at": one.at, "school": names[one.subject], "wrong": one.facts.get("wrong")} for one in events[:100]]


def codes_that_would_stop(entries: Any) -> int:
    """How many letters already handed out stop working when these entries get new ones."""
    return UnlockCode.objects.open().filter(learner__in=entries.values("learner")).count()


OLD_ENOUGH = 13  # years: whoever is younger cannot consent to an online service. Source: Data Protection Act 2018, s. 9


def years_ago(years: int) -> dt.date:
    """The newest date of birth of somebody who is this old today."""
    today = clock.today()
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # the 29th of February
        return today.replace(year=today.year - years, day=28)


def may_consent(learner: Learner) -> bool:
    """Whether the learner is old enough to be asked."""
    return learner.birth_on <= years_ago(OLD_ENOUGH)


def learners_without_answer(kind: ConsentKind) -> Any:
    """Learners who have unlocked their record, are old enough, and have not answered the question as it stands."""
    reworded = ConsentWording.objects.material().filter(kind=kind, area=OuterRef("learner__area"))
    answers = Consent.objects.filter(learner=OuterRef("pk"), kind=kind).exclude(
        Exists(reworded.filter(created_at__gt=OuterRef("at")))
    )
    return Learner.objects.exclude(user=None).filter(~Exists(answers), birth_on__lte=years_ago(OLD_ENOUGH))


def newest_answer(learner: Learner, kind: ConsentKind) -> Consent | None:
    """What the learner last answered, or None when they have not been asked."""
    return learner.consents.filter(kind=kind).order_by("-at", "-pk").first()


class Asked(NamedTuple):
    """A consent as one learner is asked for it: the words of today, and what they answered."""

    kind: ConsentKind
    words: str
    version: str  # which words these are: the wording's reference; empty for the portal's own
    answer: Consent | None
    is_asked_again: bool  # the words ask for something else than those that were answered

    @property
    def is_given(self) -> bool:
        """Whether it holds."""
        return self.answer is not None and self.answer.is_given and not self.is_asked_again


def asked(learner: Learner, kind: ConsentKind) -> Asked:
    """The question of this kind as this learner's area asks it now, and the newest answer."""
    wordings = list(ConsentWording.objects.filter(area=learner.area_id, kind=kind))
    answer = newest_answer(learner, kind)
    is_again = answer is not None and any(one.is_material and one.created_at > answer.at for one in wordings)
    newest = wordings[0] if wordings else None
    words = newest.words if newest else str(WORDS[kind])
    return Asked(kind, words, newest.reference if newest else "", answer, is_again)


def number_sharing(area: Area) -> int:
    """How many learners of the area share with the advice service today."""
    return Learner.objects.filter(area=area).sharing_with_advisers().count()


# Letters that Unicode does not take apart into a plain letter and an accent.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def free_username(learner: Learner) -> str:
    """A sign-in name to suggest: known name and family name in plain letters, with a number when it is taken."""
    parts = []
    for name in (learner.known_as, learner.family_name):
        plain = unicodedata.normalize("NFKD", name.lower().translate(PLAIN)).encode("ascii", "ignore").decode()
        parts.append(re.sub(r"[^a-z0-9]+", "", plain)[:20])
    stem = ".".join(part for part in parts if part) or "learner"
    if len(stem) < 4:
        stem = f"{stem}.learner"
    taken = {
        name.lower() for name in User.objects.filter(username__istartswith=stem).values_list("username", flat=True)
    }
    if stem not in taken:
        return stem
    return next(f"{stem}{number}" for number in range(2, len(taken) + 3) if f"{stem}{number}" not in taken)


def failures_from(address_hash: str, *, within: dt.timedelta) -> int:
    """Wrong unlock tries from one network address lately."""
    return UnlockFailure.objects.filter(address_hash=address_hash, at__gt=clock.now() - within).count()


def failures_of(unlock_code: UnlockCode, *, within: dt.timedelta) -> int:
    """Wrong dates of birth for one code lately."""
    return unlock_code.failures.filter(at__gt=clock.now() - within).count()


def failures_at(school: Organisation, *, within: dt.timedelta) -> int:
    """Wrong dates of birth lately for codes of the learners on a school's roll."""
    learners = RollEntry.objects.current().filter(school=school).values("learner")
    return UnlockFailure.objects.filter(unlock_code__learner__in=learners, at__gt=clock.now() - within).count()


def open_link(token_hash: str, *, kind: str = "") -> SignInLink | None:
    """The link sent by e-mail that has this hash and works now, with its person."""
    links = SignInLink.objects.open().select_related("user").filter(token_hash=token_hash)
    return links.filter(kind=kind).first() if kind else links.first()


def help_desks() -> list[Organisation]:
    """The organisations that run a help desk today and can be reached, to be named to the public."""
    roles = StaffRole.objects.current().filter(kind="help_desk", user__is_active=True)
    open_ones = Organisation.objects.filter(pk__in=roles.values("organisation"), ended_on=None)
    return list(open_ones.exclude(email="", phone="").select_related("area").order_by("area__name", "name"))


def open_invitation(token_hash: str) -> Invitation | None:
    """The invitation whose working link has this hash."""
    found = Invitation.objects.waiting().select_related("organisation").filter(token_hash=token_hash).first()
    return found if token_hash and found is not None and found.is_open else None


class Section(NamedTuple):
    """One kind of thing in a copy of somebody's data, in words and as plain values."""

    name: str
    title: str
    headings: list[str]
    rows: list[list[Any]]
    plain: list[dict[str, Any]]

    @property
    def pairs(self) -> list[tuple[str, Any]]:
        """Heading and value of the first row."""
        return list(zip(self.headings, self.rows[0], strict=True))


def told(learner: Learner, *, progress: Callable[..., None] = lambda **_: None) -> list[Section]:
    """Everything every floor keeps of a learner, a section for each kind of thing that there is some of."""
    sections = []
    for done, table in enumerate(personal.TABLES.values()):
        progress(done=done, of=len(personal.TABLES), doing="Collecting")
        found = list(table.rows(learner).values_list(*table.shows)) if table.shows else []
        if not found:
            continue
        words = [_words_of(table.model, lookup) for lookup in table.shows]
        rows = [[say(value) for say, value in zip(words, row, strict=True)] for row in found]
        headings = list(table.shows.values())
        plain = [dict(zip(headings, map(_plain, row), strict=True)) for row in rows]
        name = f"{len(sections) + 1:02}-{slugify(table.title)}"
        sections.append(Section(name, table.title, headings, rows, plain))
    return sections


def _words_of(model: Any, lookup: str) -> Callable[[Any], Any]:
    """How the values of a column are said to people."""
    *steps, last = lookup.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    choices = dict(model._meta.get_field(last).flatchoices or ())

    def say(value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return {None: "", True: "Yes", False: "No"}[value]
        return str(choices[value]) if choices and value in choices else value

    return say


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def days_of(name: str) -> int:
    """How many days things of this kind are kept."""
    rule = RetentionRule.objects.filter(pk=name).first()
    return rule.days if rule else personal.RETENTIONS[name].days


def due_counts() -> dict[str, int]:
    """How many of each kind would go tonight."""
    today = clock.today()
    return {
        name: retention.due(today - dt.timedelta(days=days_of(name))).count()
        for name, retention in personal.RETENTIONS.items()
    }


class Fate(NamedTuple):
    """What an erasure does with one kind of thing."""

    title: str
    goes: str  # "all", "part" or "none"
    because: str


def what_erasure_does() -> list[Fate]:
    """What goes and what stays, and why, a line for each kind of thing that is kept of a learner."""
    fates = {personal.Erase.DELETE: "all", personal.Erase.KEEP: "none"}
    return [Fate(table.title, fates.get(table.erase, "part"), table.because) for table in personal.TABLES.values()]


def second_factors_of(user: Any) -> Any:
    """What this person can prove at sign-in beside the password: an app's codes and passkeys, the oldest first."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user=user, type__in=kinds).order_by("created_at", "pk")


def has_passkey(user: Any) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()


def recovery_codes_of(user: Any) -> RecoveryCodes | None:
    """The codes this person wrote down, or None. How many are left: ``len(codes.get_unused_codes())``."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return RecoveryCodes(found) if found else None


def may_end_factor(user: Any, factor: Authenticator) -> bool:
    """Staff keep one; learners may do without."""
    return not roles_today(user) or second_factors_of(user).exclude(pk=factor.pk).exists()


def open_supporter(token_hash: str) -> Supporter | None:
    """The learner's invitation whose working link or code has this hash."""
    found = Supporter.objects.waiting().select_related("learner").filter(token_hash=token_hash).first()
    return found if token_hash else None
