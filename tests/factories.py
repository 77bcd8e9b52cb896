"""Dull and valid rows for tests. States are reached by the real actions, not set here."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from accounts.models import CaseloadSchool, IdentityCheck, Learner, LearnerContact, RollEntry, User
from ilp.models import Experience
from prospectus.models import (
    Course,
    CourseRun,
    CourseState,
    Delivery,
    Pattern,
    PhraseRule,
    StudyMode,
    Subject,
    Synonym,
)
from providers.models import Area, Cycle, Invitation, Organisation, OrganisationKind, RoleKind, Site, StaffRole

# --- providers


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area
        django_get_or_create = ("name",)

    name = "Northmoor"
    slug = factory.LazyAttribute(lambda area: area.name.lower().replace(" ", "-"))


class CycleFactory(DjangoModelFactory):
    """Entry in September 2027, open on the tests' fixed day (18 November 2026)."""

    class Meta:
        model = Cycle
        django_get_or_create = ("area", "entry_year", "phase")

    area = factory.SubFactory(AreaFactory)
    entry_year = 2027
    phase = "post_16"
    opens_on = dt.date(2026, 9, 15)
    closes_on = dt.date(2027, 8, 31)
    ends_on = dt.date(2027, 10, 31)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Northmoor College {n}")
    kind = OrganisationKind.COLLEGE
    area = factory.SubFactory(AreaFactory)


class ProviderFactory(OrganisationFactory):
    is_provider = True
    takes_applications = True
    ukprn = factory.Sequence(lambda n: f"1009{n:04d}")


class SchoolFactory(OrganisationFactory):
    name = factory.Sequence(lambda n: f"Northmoor School {n}")
    kind = OrganisationKind.SCHOOL
    urn = factory.Sequence(lambda n: f"{190000 + n}")


class SiteFactory(DjangoModelFactory):
    class Meta:
        model = Site

    organisation = factory.SubFactory(ProviderFactory)
    provider_reference = factory.Sequence(lambda n: f"SITE{n}")
    name = "Main Campus"
    town = "Northmoor"
    postcode = "HX1 1AA"


# --- accounts (people before their roles, because a role names its user)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    name = factory.Sequence(lambda n: f"Person {n}")


class StaffRoleFactory(DjangoModelFactory):
    class Meta:
        model = StaffRole

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    kind = RoleKind.ADMISSIONS
    started_on = dt.date(2026, 9, 1)


class LearnerFactory(DjangoModelFactory):
    """A learner with an account; ``user=None`` for one who has not unlocked."""

    class Meta:
        model = Learner

    user = factory.SubFactory(UserFactory)
    given_name = "Amina"
    family_name = factory.Sequence(lambda n: f"Yusuf{n}")
    birth_on = dt.date(2011, 3, 31)
    area = factory.SubFactory(AreaFactory)


class LearnerContactFactory(DjangoModelFactory):
    class Meta:
        model = LearnerContact

    learner = factory.SubFactory(LearnerFactory)
    email = "amina@example.org"
    postcode = "HX1 1AA"


class RollEntryFactory(DjangoModelFactory):
    class Meta:
        model = RollEntry

    learner = factory.SubFactory(LearnerFactory)
    school = factory.SubFactory(SchoolFactory)
    year_group = 11
    tutor_group = "11A"
    started_on = dt.date(2026, 9, 1)


class IdentityCheckFactory(DjangoModelFactory):
    """One of the list that comes with the portal; tests of real transactions empty it."""

    class Meta:
        model = IdentityCheck
        django_get_or_create = ("code",)

    code = "seen"
    words = "I know them and have them in front of me"


class CaseloadSchoolFactory(DjangoModelFactory):
    class Meta:
        model = CaseloadSchool

    adviser = factory.SubFactory(StaffRoleFactory, kind=RoleKind.ADVISER)
    school = factory.SubFactory(SchoolFactory)
    started_on = dt.date(2026, 9, 1)


# --- prospectus


class SubjectFactory(DjangoModelFactory):
    class Meta:
        model = Subject
        django_get_or_create = ("code",)

    code = "05"
    name = "Construction, Planning and the Built Environment"
    plain_name = "Building and construction"


class CourseFactory(DjangoModelFactory):
    """A published course. Call ``refresh_search()`` before searching for it."""

    class Meta:
        model = Course

    provider = factory.SubFactory(ProviderFactory, name="Northfield College")
    provider_reference = factory.Sequence(lambda n: f"C{n}")
    title = factory.Sequence(lambda n: f"Plumbing {n}")
    summary = "Learn to fit and mend pipes, baths and boilers."
    levels = ["2"]
    subject = factory.SubFactory(SubjectFactory)
    state = CourseState.PUBLISHED
    checked_on = dt.date(2026, 10, 1)


class CourseRunFactory(DjangoModelFactory):
    """A run to come (September 2027), at a site of its course's provider, that takes applications."""

    class Meta:
        model = CourseRun

    course = factory.SubFactory(CourseFactory)
    provider_reference = factory.Sequence(lambda n: f"R{n}")
    site = factory.SubFactory(SiteFactory, organisation=factory.SelfAttribute("..course.provider"))
    starts_on = dt.date(2027, 9, 6)
    study_mode = StudyMode.FULL_TIME
    delivery = Delivery.CLASSROOM
    pattern = Pattern.DAYTIME
    places = 20
    takes_applications = True


class SynonymFactory(DjangoModelFactory):
    """A sparky is an electrician, as staff have said."""

    class Meta:
        model = Synonym

    said = "sparky"
    meant = "electrical installation"


class PhraseRuleFactory(DjangoModelFactory):
    """After school is the evening, as staff have said."""

    class Meta:
        model = PhraseRule

    phrase = "after school"
    filter_name = "pattern"
    filter_value = "evening"


# --- staff who are asked to come


class InvitationFactory(DjangoModelFactory):
    """Open on the tests' fixed day, and not sent yet."""

    class Meta:
        model = Invitation

    organisation = factory.SubFactory(ProviderFactory)
    kind = RoleKind.EDITOR
    email = factory.Sequence(lambda n: f"colleague{n}@example.org")
    by = factory.SubFactory(UserFactory)
    expires_at = dt.datetime(2026, 12, 2, 10, tzinfo=dt.UTC)


# --- what learners can try


class ExperienceFactory(DjangoModelFactory):
    """A published taster of two hours, a week after the tests' fixed day, with two places."""

    class Meta:
        model = Experience

    organisation = factory.SubFactory(ProviderFactory)
    kind = "taster"
    title = "Bricklaying taster"
    what = "Build a small wall and take it down again."
    place = "Workshop 3, Northmoor"
    starts_at = dt.datetime(2026, 11, 25, 13, tzinfo=dt.UTC)
    ends_at = dt.datetime(2026, 11, 25, 15, tzinfo=dt.UTC)
    places = 2
    state = "published"
    by = factory.SubFactory(UserFactory)
