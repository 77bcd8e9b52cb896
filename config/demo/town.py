"""Builds the invented town and lives its year, through the same actions that pages and commands call."""

import datetime as dt
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import hashers
from django.core.management import call_command
from django.db import connection

from accounts.models import CaseloadSchool, Learner, User
from config.demo.extract import hand_over_extract
from config.demo.feeds import write_feed, write_roll
from config.demo.leavers import look_back
from config.demo.offerings import PARTNERS, all_providers
from config.demo.signins import PASSWORD, SIGN_INS, give_app
from config.demo.using import take_reports, use_the_site
from config.demo.ways import add_younger_cycle
from config.demo.words import PROVIDERS, SCHOOLS, Provider
from config.demo.year import ENTRY_YEAR, SEPTEMBER, STAGES, Year
from core import clock
from prospectus.actions.consortia import create_consortium, join_consortium
from prospectus.actions.feeds import add_feed, resume_feed
from prospectus.actions.opening import open_for_applications
from prospectus.actions.parts import Part, set_parts
from prospectus.imports.fetching import folder_of
from prospectus.models import Consortium, CourseRun, FeedSource
from providers.actions import read_now
from providers.models import (
    Area,
    AreaHolding,
    Closure,
    Cycle,
    LocalAuthority,
    Organisation,
    OrganisationKind,
    RoleKind,
    StaffRole,
)


class Size(NamedTuple):
    schools: int
    providers: int  # the first so many of the table
    copies: int  # runs of a college course
    year_12: int  # learners of Year 12 at a school with a sixth form
    learners: int | None  # of each school's Year 11; None for all
    is_full: bool = False  # every provider with all it teaches, each in its own manner

    @property
    def shown(self) -> Sequence[Provider]:
        """The providers of a town of this size."""
        return all_providers() if self.is_full else PROVIDERS[: self.providers]


SIZES = {
    "tiny": Size(schools=2, providers=2, copies=1, year_12=2, learners=4),
    "small": Size(schools=len(SCHOOLS), providers=len(PROVIDERS), copies=2, year_12=30, learners=None),
    "full": Size(schools=len(SCHOOLS), providers=40, copies=1, year_12=30, learners=None, is_full=True),
    # For ``./portal bench load``: enough learners with an account, and a few of them, for trying it out.
    "few": Size(schools=2, providers=4, copies=1, year_12=4, learners=20),
    "load": Size(schools=len(SCHOOLS), providers=40, copies=1, year_12=70, learners=None, is_full=True),
}


AUTHORITIES = {"Northmoor": "991", "Calderside": "992", "Eastvale": "993", "Westhaven": "994"}  # no real one's
HOLDINGS = {  # how an area's courses come here, and how soon they should be checked again
    "Northmoor": (AreaHolding.HERE, 60),
    "Calderside": (AreaHolding.FEED, 30),
    "Eastvale": (AreaHolding.DATASET, 90),
    "Westhaven": (AreaHolding.HERE, 60),
}
FED = "Southbank Sixth Form"  # by a feed
# These last handed a feed over in spring: their courses are due to be checked.
NOT_CHECKED_SINCE = {
    "10099010": dt.date(2026, 3, 2),
    "10099018": dt.date(2026, 5, 11),
    "10099039": dt.date(2025, 11, 3),
}


class Town(NamedTuple):
    runs: int
    learners: int


def build(*, stage: str, size: str = "small", say: Callable[[str], Any] = print) -> Town:
    """The town stands in the database as it was on the stage's day. The database must have no people in it yet."""
    if User.objects.exists():
        raise ValueError("There are people in this database already. The town is built in an empty one.")
    scale = SIZES[size]
    call_command("load_reference", stdout=_Silent())
    with clock.at(SEPTEMBER), quick_passwords():
        say("Areas, schools and providers")
        _organisations(scale)
        people = _staff()
        say("Courses, as the providers' feeds give them")
        runs = _courses(scale, people)
        _feed(scale, people)
        say("Rolls, as the schools' systems give them")
        _rolls(scale)
        say("A year of applications")
        Year(stage, people).live()
    with clock.at(STAGES[stage]), quick_passwords():
        look_back(people, most=scale.learners)
        hand_over_extract(people)
        use_the_site(day=STAGES[stage])
    take_reports(people, day=STAGES[stage])
    for sign_in in SIGN_INS:
        user = User.objects.get(username=sign_in.username)
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        if not sign_in.role.startswith("Learner"):
            give_app(user)
    return Town(runs=runs, learners=Learner.objects.filter(area__is_practice=False).count())


def load_catalogue(*, size: str) -> int:
    """The areas, organisations and courses of the town stand in the database; returns the course runs on offer.

    Nobody is in it but those who hand the feeds over. For measuring; the database must have no people in it yet.
    """
    if User.objects.exists():
        raise ValueError("There are people in this database already. The town is built in an empty one.")
    scale = SIZES[size]
    call_command("load_reference", stdout=_Silent())
    with clock.at(SEPTEMBER), quick_passwords():
        _organisations(scale)
        return _courses(scale, _managers())


class _Silent:
    def write(self, text: str) -> None:
        """What the loaders say is not said."""


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Inside the block passwords are hashed quickly: the town's unnamed people never sign in, and hundreds of slow
    hashes would take minutes. The named ones get theirs afterwards, hashed as always."""
    slow = settings.PASSWORD_HASHERS
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *slow]
    hashers.get_hashers.cache_clear()
    try:
        yield
    finally:
        settings.PASSWORD_HASHERS = slow
        hashers.get_hashers.cache_clear()


def _organisations(scale: Size) -> None:
    for name, (holding, fresh_days) in HOLDINGS.items():
        code = AUTHORITIES[name]
        authority = LocalAuthority.objects.create(code=code, name=name, ons_code=f"E10000{code}", note="Invented.")
        area = Area.objects.create(
            name=name, slug=name.lower(), authority=authority, holding=holding, fresh_days=fresh_days
        )
        Cycle.objects.create(
            area=area,
            entry_year=ENTRY_YEAR,
            opens_on=dt.date(ENTRY_YEAR - 1, 9, 15),
            closes_on=dt.date(ENTRY_YEAR, 8, 31),
            ends_on=dt.date(ENTRY_YEAR, 10, 31),
            has_endorsement=name == "Eastvale",
            choice_limit=5,
        )
        if name == "Northmoor":
            add_younger_cycle(area, entry_year=ENTRY_YEAR)
        for what, starts_on, ends_on in (
            ("Autumn half term", dt.date(2026, 10, 26), dt.date(2026, 10, 30)),
            ("Christmas holiday", dt.date(2026, 12, 21), dt.date(2027, 1, 1)),
            ("Spring half term", dt.date(2027, 2, 15), dt.date(2027, 2, 19)),
            ("Easter holiday", dt.date(2027, 3, 29), dt.date(2027, 4, 9)),
            ("Summer holiday", dt.date(2027, 7, 26), dt.date(2027, 8, 20)),
        ):
            Closure.objects.create(area=area, name=what, starts_on=starts_on, ends_on=ends_on)
        Organisation.objects.create(name=f"{name} Council", kind=OrganisationKind.AUTHORITY, area=area)
        Organisation.objects.create(
            name=f"{name} Advice Service",
            kind=OrganisationKind.ADVICE_SERVICE,
            area=area,
            phone=f"01632 9600{40 + area.pk % 50}",  # from the numbers kept for stories
            email=f"advice@{name.lower()}.example.org",
        )
    for school in SCHOOLS[: scale.schools]:
        Organisation.objects.create(
            name=school.name, kind=OrganisationKind.SCHOOL, area=Area.objects.get(name=school.area), urn=school.urn
        )
    for provider in scale.shown:
        # A school with a sixth form is one organisation: it has a roll and it has courses.
        Organisation.objects.update_or_create(
            name=provider.name,
            area=Area.objects.get(name=provider.area),
            defaults={
                "kind": provider.kind,
                "ukprn": provider.ukprn,
                "is_provider": True,
                "website": f"https://{provider.ukprn}.example.org/",
            },
        )


def _staff() -> dict[str, User]:
    """Everyone who works in the town, by sign-in name; the two learners unlock their own accounts."""
    people = {
        sign_in.username: User.objects.create_user(sign_in.username, name=sign_in.name)
        for sign_in in SIGN_INS
        if not sign_in.role.startswith("Learner")
    }
    for username, organisation, kind in (
        ("coordinator", "Hollins Park School", RoleKind.COORDINATOR),
        ("adviser", "Northmoor Advice Service", RoleKind.ADVISER),
        ("service", "Northmoor Advice Service", RoleKind.ADVISER),
        ("editor", "Northfield College", RoleKind.EDITOR),
        ("admissions", "Northfield College", RoleKind.ADMISSIONS),
        ("sixthform", "Southbank Sixth Form", RoleKind.MANAGER),
        ("officer", "Northmoor Council", RoleKind.OFFICER),
        ("help_desk", "Northmoor Council", RoleKind.HELP_DESK),
    ):
        StaffRole.objects.create(
            user=people[username], organisation=Organisation.objects.get(name=organisation), kind=kind
        )
    people |= _managers()
    for school in Organisation.objects.filter(kind=OrganisationKind.SCHOOL):
        people[f"{school.name}, coordinator"] = _nobody(school, RoleKind.COORDINATOR)
    adviser = StaffRole.objects.get(user=people["adviser"])
    for school in Organisation.objects.filter(kind=OrganisationKind.SCHOOL, area__name="Northmoor"):
        CaseloadSchool.objects.create(adviser=adviser, school=school)
    return people


def _managers() -> dict[str, User]:
    """Somebody of every provider, by its name."""
    providers = Organisation.objects.providers()
    return {provider.name: _nobody(provider, RoleKind.MANAGER) for provider in providers}


def _nobody(organisation: Organisation, kind: RoleKind) -> User:
    """Somebody answers at every provider and school; these never sign in."""
    nobody = User(username=f"{kind.value}-{organisation.reference.lower()}", name=f"{kind.label}, {organisation.name}")
    nobody.set_unusable_password()
    nobody.save()
    StaffRole.objects.create(user=nobody, organisation=organisation, kind=kind)
    return nobody


def _courses(scale: Size, people: dict[str, User]) -> int:
    _consortia(scale, people)
    with tempfile.TemporaryDirectory() as folder:
        for number, provider in enumerate(scale.shown, start=1):
            path = Path(folder) / f"{provider.ukprn}.xml"
            write_feed(provider, entry_year=ENTRY_YEAR, path=path, copies=scale.copies, is_full=scale.is_full)
            organisation = Organisation.objects.get(ukprn=provider.ukprn)
            with clock.at(NOT_CHECKED_SINCE.get(provider.ukprn, SEPTEMBER)):
                read_now(kind="courses", organisation=organisation, path=path, by=people[provider.name])
            if number.bit_count() == 1:  # there are twice as many as when they were last counted
                _count_rows()
            open_for_applications(provider=organisation, by=people[provider.name])
    _parts(people)
    return CourseRun.objects.on_offer().count()


def _feed(scale: Size, people: dict[str, User]) -> None:
    """Southbank's own system puts its file into a folder every night. The worker of the demonstration fetches it."""
    shown = next(provider for provider in scale.shown if provider.name == FED)
    by = people[shown.name]
    feed = add_feed(provider=Organisation.objects.get(ukprn=shown.ukprn), source=FeedSource.FOLDER, by=by)
    resume_feed(feed=feed, by=by)
    folder = folder_of(feed)
    folder.mkdir(parents=True, exist_ok=True, mode=0o770)
    file = folder / "courses.xml"
    write_feed(shown, entry_year=ENTRY_YEAR, path=file, copies=scale.copies, is_full=scale.is_full)
    an_hour_ago = time.time() - 3600  # what has just been written may still be on its way
    os.utime(file, (an_hour_ago, an_hour_ago))


def _consortia(scale: Size, people: dict[str, User]) -> None:
    """The partners of the Diploma lines, as far as they are in a town of this size."""
    for ukprn, (name, partners) in PARTNERS.items():
        lead = Organisation.objects.filter(ukprn=ukprn).first()
        shown = Organisation.objects.filter(ukprn__in=partners)
        if lead is not None and shown:
            consortium = create_consortium(lead=lead, name=name, partners=list(shown), by=people[lead.name])
            for partner in shown:
                join_consortium(consortium=consortium, by=people[partner.name])


def _parts(people: dict[str, User]) -> None:
    """Of each Diploma the lead teaches most, and its first partner a day, each at its own first site."""
    for consortium in Consortium.objects.select_related("lead"):
        lead, partner = consortium.lead, consortium.partners.earliest("pk").provider
        here, there = lead.sites.earliest("pk"), partner.sites.order_by("pk").first()
        parts = [
            Part("Principal learning", lead, here, "Mondays to Wednesdays"),
            Part("Additional learning", partner, there, "Thursdays"),
            Part("Project", lead, here, "Fridays"),
        ]
        for course in consortium.courses.all():
            set_parts(course=course, parts=parts, by=people[lead.name])


def _rolls(scale: Size) -> None:
    number = 1
    with tempfile.TemporaryDirectory() as folder:
        for school in SCHOOLS[: scale.schools]:
            path = Path(folder) / f"{school.urn}.csv"
            shown = school._replace(year_11=scale.learners or school.year_11)
            number += write_roll(
                shown,
                academic_year=ENTRY_YEAR - 1,
                year_12=scale.year_12 if school.has_sixth_form else 0,
                first_number=number,
                path=path,
            )
            read_now(kind="roll", organisation=Organisation.objects.get(urn=school.urn), path=path)
    _homes()
    _count_rows()


def _homes() -> None:
    """Where Year 12 lives, as an authority's own system knows it: one of ten in the next area, one nobody knows where."""
    codes = list(AUTHORITIES.values())
    staying = Learner.objects.filter(roll_entries__year_group=12).select_related("area").order_by("pk")
    for number, learner in enumerate(staying):
        next_code = codes[(codes.index(learner.area.authority_id) + 1) % len(codes)]
        learner.residence_authority_id = {3: next_code, 7: None}.get(number % 10, learner.area.authority_id)
    Learner.objects.bulk_update(staying, ["residence_authority"])


def _count_rows() -> None:
    """PostgreSQL counts the rows now instead of when its own round comes: a town is filled faster than that."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
