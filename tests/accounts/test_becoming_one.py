"""One record of two, whichever page it is said on: every table of every floor, and what goes."""

import datetime as dt
from collections import Counter

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.urls import reverse

from accounts import actions
from accounts.actions.doubts import join_doubted, keep_doubt_apart
from accounts.actions.erasure import erase_held_back
from accounts.actions.merging import become_one
from accounts.models import (
    ConsentKind,
    Learner,
    LearnerDoubt,
    MergedLearner,
    Receipt,
    Registration,
    RollEntry,
    RollImage,
    SignInLink,
    User,
)
from activity.models import Event
from core import clock, personal
from core.errors import RuleBroken
from providers.models import RoleKind, Upload
from tests.factories import (
    CourseFactory,
    CycleFactory,
    IdentityCheckFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.rows import fill, row_of

pytestmark = pytest.mark.django_db

# The record that goes, what only opens its account, and codes nobody has used. All else is the other's afterwards.
GOES = {
    "accounts.Learner", "accounts.Session", "mfa.Authenticator", "accounts.UnlockCode", "accounts.UnlockFailure",
}  # fmt: skip


def counts():
    return Counter({model._meta.label: model._default_manager.count() for model in personal.TABLES})


def pointing_to(model, key):
    """Every column of the database in which this key still stands, but for who did something."""
    found = []
    for one in apps.get_models():
        for field in one._meta.concrete_fields:
            is_actor = field.name in {"by", "reader"} or field.name.endswith("_by")
            if field.is_relation and field.related_model is model and not is_actor:
                found += [f"{one._meta.label}.{field.name}"] * one._default_manager.filter(**{field.name: key}).exists()
    return found


@pytest.fixture
def school():
    cycle = CycleFactory()
    CourseFactory()
    IdentityCheckFactory()
    return SchoolFactory(area=cycle.area)


@pytest.fixture
def coordinator(school):
    return StaffRoleFactory(organisation=school, kind=RoleKind.COORDINATOR).user


@pytest.fixture
def officer(school):
    authority = OrganisationFactory(kind="authority", area=school.area)
    return StaffRoleFactory(organisation=authority, kind=RoleKind.OFFICER).user


def two_of(school, **other):
    keep = LearnerFactory(area=school.area, upn=None, user=UserFactory())
    return keep, LearnerFactory(area=school.area, upn=None, **({"user": UserFactory()} | other))


def agreed(keep, other):
    """Nothing speaks against it."""


def test_no_table_keeps_rows_of_the_record_that_is_gone_and_nothing_else_is_lost(school, officer):
    keep, other = two_of(school)
    fill(other)
    third = LearnerFactory(area=school.area, upn=None)
    answered = LearnerDoubt.objects.create(school=school, learner=third, other=other, why="name", state="different")
    before, filled = counts(), {one.model._meta.label for one in personal.TABLES.values() if one.rows(other).exists()}
    assert {"applications.Snapshot", "ilp.Contact", "prospectus.ShortlistItem"} <= filled
    gone, account = other.pk, other.user_id

    become_one(keep=keep, other=other, by=officer, check=agreed)

    assert pointing_to(Learner, gone) == []
    assert pointing_to(User, account) == []
    assert {label for label, count in counts().items() if count < before[label]} == GOES
    # Of every other table the row is there, and is the record's that was kept.
    of_keep = {one.model._meta.label: one.rows(keep).count() for one in personal.TABLES.values()}
    assert {label for label in filled - GOES if not of_keep[label]} == set()
    answered.refresh_from_db()
    assert answered.other == keep


def test_where_both_have_a_row_of_everything_one_saying_stays_of_what_can_be_said_once(school, officer):
    keep, other = two_of(school)
    fill(keep)
    fill(other)
    before = counts()

    become_one(keep=keep, other=other, by=officer, check=agreed)

    fewer = {label for label, count in counts().items() if count < before[label]}
    # Nothing but what has a way of its own: no row is lost where nobody said how two become one.
    assert fewer - GOES <= {one.model._meta.label for one in personal.TABLES.values() if one.once_by or one.merge}
    assert {"accounts.LearnerContact", "accounts.Characteristics", "applications.Application"} <= fewer
    assert RollEntry.objects.filter(learner=keep, ended_on=None).count() == 1
    assert keep.user.is_active


def test_a_doubt_about_a_roll_moves_everything_the_same_way(school, coordinator):
    old, new = two_of(school, user=None)
    of_a_roll = {"accounts.learnercontact", "accounts.rollentry", "accounts.characteristics", "accounts.schoolgrade",
                 "accounts.attendance", "accounts.receipt", "accounts.unlockcode", "accounts.recovery"}  # fmt: skip
    fill(old)
    RollEntry.objects.update(school=school)
    fill(new, besides=[one for one in personal.TABLES if one._meta.label_lower not in of_a_roll])
    RollEntry.objects.update(school=school)
    doubt = LearnerDoubt.objects.create(school=school, learner=new, other=old, why="name")
    gone, reference = new.pk, new.reference

    join_doubted(doubt=doubt, by=coordinator)

    assert pointing_to(Learner, gone) == []
    assert MergedLearner.objects.filter(learner=old).values_list("reference", "key", "by").last() == (
        reference, gone, coordinator.pk,
    )  # fmt: skip
    assert Event.objects.get(verb="learner.merge").facts == {"other": gone}
    doubt.refresh_from_db()
    assert (doubt.state, doubt.learner, doubt.other) == ("same", None, old)


def test_what_was_answered_about_a_third_record_is_not_asked_again_after_two_became_one(school, coordinator):
    old, new = two_of(school, user=None)
    third = LearnerFactory(area=school.area, upn=None)
    RollEntryFactory(learner=new, school=school)
    apart = LearnerDoubt.objects.create(school=school, learner=new, other=third, why="name")
    keep_doubt_apart(doubt=apart, by=coordinator)

    join_doubted(doubt=LearnerDoubt.objects.create(school=school, learner=new, other=old, why="name"), by=coordinator)

    apart.refresh_from_db()
    assert (apart.learner, apart.other, apart.state) == (old, third, "different")


def test_whoever_is_being_erased_is_joined_with_nobody(school, coordinator):
    old, new = two_of(school, user=None)
    RollEntryFactory(learner=new, school=school)
    actions.ask_erasure(learner=old, by=old.user)
    doubt = LearnerDoubt.objects.create(school=school, learner=new, other=old, why="name")

    with pytest.raises(RuleBroken) as refusal:
        join_doubted(doubt=doubt, by=coordinator)

    assert refusal.value.code == "merge_held"
    doubt.refresh_from_db()
    assert (doubt.state, doubt.learner) == ("open", new)


class TestRegistered:
    """Who registered is joined on the page for two records, too."""

    @pytest.fixture
    def pair(self, school):
        record, registered = two_of(school)
        Learner.objects.filter(pk=record.pk).update(user=None)
        record.refresh_from_db()
        RollEntryFactory(learner=record, school=school)
        row_of(Registration, learner=registered, given_name="Amina", family_name="Yusuf", birth_on=registered.birth_on)
        return record, registered

    def answer(self, registered, is_given):
        actions.answer_consent(
            learner=registered, kind=ConsentKind.RECORD_MATCH, is_given=is_given, words="?", by=registered.user
        )

    def test_a_registration_has_found_its_record_whichever_page_it_was_said_on(self, pair, officer):
        record, registered = pair
        self.answer(registered, True)

        actions.merge_learners(keep=record, other=registered, by=officer)

        registration = Registration.objects.get()
        assert (registration.learner, registration.joined_by) == (record, officer)
        assert registration.joined_at == MergedLearner.objects.get().at

    def test_a_refuser_is_matched_by_no_officer_either(self, pair, officer):
        record, registered = pair
        self.answer(registered, False)
        for keep, other in (pair, pair[::-1]):
            with pytest.raises(RuleBroken) as refusal:
                actions.merge_learners(keep=keep, other=other, by=officer)
            assert refusal.value.code == "merge_refused"
        assert Learner.objects.filter(pk__in=[record.pk, registered.pk]).count() == 2

    def test_taken_apart_the_schools_reference_leads_to_the_schools_record(self, pair, coordinator, school):
        record, registered = pair
        self.answer(registered, True)
        desk = StaffRoleFactory(
            kind=RoleKind.HELP_DESK, organisation=OrganisationFactory(kind="authority", area=school.area)
        ).user
        doubt = LearnerDoubt.objects.create(school=school, learner=record, other=registered, why="registered")
        join_doubted(doubt=doubt, by=coordinator)

        apart = actions.separate_registered(registration=Registration.objects.get(), by=desk)

        assert MergedLearner.objects.get(reference=record.reference).learner == apart != registered


class TestAccounts:
    def test_each_has_a_first_address_and_one_of_them_stays_the_first(self, school, officer):
        keep, other = two_of(school)
        for learner, address in ((keep, "a@mill.example"), (other, "b@mill.example")):
            EmailAddress.objects.create(user=learner.user, email=address, primary=True, verified=True)

        become_one(keep=keep, other=other, by=officer, check=agreed)

        assert sorted(EmailAddress.objects.values_list("user", "email", "primary")) == [
            (keep.user_id, "a@mill.example", True),
            (keep.user_id, "b@mill.example", False),
        ]

    def test_a_link_sent_for_the_account_that_ended_opens_nothing(self, school, officer):
        keep, other = two_of(school)
        soon = clock.now() + dt.timedelta(hours=1)
        link = SignInLink.objects.create(
            user=other.user, kind="recover", email="b@mill.example", token_hash="f" * 64, expires_at=soon
        )

        become_one(keep=keep, other=other, by=officer, check=agreed)

        link.refresh_from_db()
        assert (link.user_id, link.token_hash, link.email) == (keep.user_id, "", "")
        assert link.ended_at is not None


def test_an_erasure_takes_the_images_of_the_record_that_was_joined_too(school, officer, coordinator):
    keep, other = two_of(school)
    upload = Upload.objects.create(kind="roll", organisation=school, by=coordinator, file_size=1, file_sha256="0" * 64)
    RollImage.objects.create(upload=upload, learner_key=other.pk, after={})
    become_one(keep=keep, other=other, by=officer, check=agreed)

    assert erase_held_back(keep) == []

    assert not RollImage.objects.exists()


def test_looking_at_two_records_side_by_side_leaves_a_receipt_of_each(client, school, coordinator):
    keep, other = two_of(school)
    for learner in (keep, other):
        RollEntryFactory(learner=learner, school=school)
    client.force_login(coordinator)

    client.get(reverse("accounts:learners-merge"), {"keep": keep.reference, "other": other.reference})

    assert set(Receipt.objects.values_list("learner", "reader", "section")) == {
        (learner.pk, coordinator.pk, "record") for learner in (keep, other)
    }


def test_a_code_typed_before_the_records_became_one_leads_back_to_the_start(client, school, coordinator):
    old, new = two_of(school, user=None)
    RollEntryFactory(learner=new, school=school)
    code = actions.new_code()
    actions.issue_codes(codes={new.pk: code}, letter_run=None)
    born = {"birth_on_day": new.birth_on.day, "birth_on_month": new.birth_on.month, "birth_on_year": new.birth_on.year}
    assert client.post(reverse("accounts:unlock"), {"code": code, **born}).url == reverse("accounts:unlock-account")

    join_doubted(doubt=LearnerDoubt.objects.create(school=school, learner=new, other=old, why="name"), by=coordinator)

    assert client.get(reverse("accounts:unlock-account")).url == reverse("accounts:unlock")


def test_the_old_reference_leads_to_the_record_that_was_kept_for_whoever_may_see_it(client, school, coordinator):
    keep, other = two_of(school)
    RollEntryFactory(learner=keep, school=school)
    become_one(keep=keep, other=other, by=coordinator, check=agreed)
    old, new = (reverse("accounts:roll-learner", args=[one]) for one in (other.reference, keep.reference))

    elsewhere = StaffRoleFactory(organisation=SchoolFactory(area=school.area), kind=RoleKind.COORDINATOR).user
    client.force_login(elsewhere)
    assert client.get(old).status_code == 404
    client.force_login(coordinator)
    assert client.get(old).url == new
    assert client.get(new).status_code == 200
    assert client.post(old).status_code == 405
