"""Who answers for whom: handed over, stood in for, and left to whoever is on duty."""

import datetime as dt
from functools import partial
from types import SimpleNamespace

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from accounts.actions import (
    end_absence,
    end_duty,
    give_back_learner,
    hand_over_learners,
    hand_over_schools,
    set_absence,
    set_cover,
    set_duty,
)
from accounts.models import Absence, CaseloadLearner, CaseloadSchool, Learner
from accounts.queries import advisers_of
from activity.models import Event
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp.models import Conversation
from providers.models import RoleKind
from tests.factories import (
    AreaFactory,
    CaseloadSchoolFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.ground import ground
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 18)
FRIDAY = dt.date(2026, 11, 20)
A_DAY = dt.timedelta(days=1)


@ground
def town():
    return build_town()


def build_town():
    """Dev has Hollins Park, Ella has St Brannoc's, nobody has Calder High."""
    town = SimpleNamespace(area=AreaFactory())
    town.service = OrganisationFactory(kind="advice_service", area=town.area)
    council = OrganisationFactory(kind="authority", area=town.area)
    for name, kind, at in (
        ("dev", RoleKind.ADVISER, town.service),
        ("ella", RoleKind.ADVISER, town.service),
        ("manager", RoleKind.MANAGER, town.service),
        ("desk", RoleKind.HELP_DESK, council),
    ):
        role = StaffRoleFactory(user=UserFactory(name=name.title()), kind=kind, organisation=at)
        setattr(town, name, role.user)
        setattr(town, f"{name}_role", role)
    for name in ("hollins", "brannoc", "calder"):
        school = SchoolFactory(area=town.area, name=name.title())
        setattr(town, name, school)
        learner = LearnerFactory(area=town.area, given_name=name.title())
        RollEntryFactory(learner=learner, school=school)
        setattr(town, f"of_{name}", learner)
    CaseloadSchoolFactory(adviser=town.dev_role, school=town.hollins)
    CaseloadSchoolFactory(adviser=town.ella_role, school=town.brannoc)
    return town


def seen_by(user):
    return set(Learner.objects.on_caseload_of(user))


def away(town, **said):
    answers = {
        "adviser": town.dev_role,
        "started_on": TODAY,
        "ended_on": FRIDAY,
        "cover": town.ella_role,
        "by": town.dev,
    }
    return set_absence(**answers | said)


class TestStandingIn:
    def test_who_stands_in_sees_both_caseloads_from_the_first_day_to_the_last(self, town):
        away(town, started_on=TODAY + A_DAY)

        seen = {}
        for day in (TODAY, TODAY + A_DAY, FRIDAY, FRIDAY + A_DAY):
            with clock.at(day):
                seen[day] = seen_by(town.ella)

        own = {town.of_brannoc}
        both = own | {town.of_hollins}
        assert list(seen.values()) == [own, both, both, own]
        assert seen_by(town.dev) == {town.of_hollins}

    def test_everything_follows_who_is_told_and_who_may_write(self, town):
        town.of_hollins.consents.create(kind="advice_service", is_given=True, words="?", by=town.of_hollins.user)
        conversation = Conversation.objects.create(learner=town.of_hollins, service=town.service)
        assert not Conversation.objects.answered_by(town.ella).exists()

        away(town)

        assert list(Conversation.objects.answered_by(town.ella)) == [conversation]
        assert {role.user for role in advisers_of(town.of_hollins.pk)} == {town.dev, town.ella}

    def test_it_ends_when_they_are_back_and_when_somebody_else_stands_in(self, town):
        absence = away(town)
        set_cover(absence=absence, cover=None, by=town.manager)
        assert seen_by(town.ella) == {town.of_brannoc}
        set_cover(absence=absence, cover=town.ella_role, by=town.dev)
        assert town.of_hollins in seen_by(town.ella)

        end_absence(absence=absence, by=town.dev)

        assert seen_by(town.ella) == {town.of_brannoc}
        with pytest.raises(StaleState):
            end_absence(absence=absence, by=town.dev)
        verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
        assert verbs == ["absence.set", "absence.cover", "absence.cover", "absence.end"]

    def test_nobody_stands_in_for_somebody_who_is_no_adviser_any_more(self, town):
        away(town)
        town.dev_role.ended_on = TODAY - A_DAY
        town.dev_role.save()

        assert seen_by(town.ella) == {town.of_brannoc}
        set_duty(adviser=town.ella_role, started_on=TODAY, ended_on=TODAY, by=town.manager)
        assert town.of_hollins in seen_by(town.ella)

    def test_who_is_away_as_well_is_nobody_to_stand_in(self, client, town):
        away(town)
        set_absence(adviser=town.ella_role, started_on=TODAY, ended_on=FRIDAY, by=town.ella)
        finn = StaffRoleFactory(user=UserFactory(name="Finn"), kind=RoleKind.ADVISER, organisation=town.service)
        set_duty(adviser=finn, started_on=TODAY, ended_on=FRIDAY, by=town.manager)

        assert seen_by(finn.user) == {town.of_hollins, town.of_brannoc, town.of_calder}
        client.force_login(town.manager)
        [(shown, _keeps, _names)] = client.get(reverse("accounts:caseloads")).context["shown"]
        assert [str(one.role.user) for one in shown.alone] == ["Dev", "Ella"]

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"ended_on": TODAY - A_DAY, "started_on": TODAY}, "absence_order"),
            ({"started_on": TODAY - 9 * A_DAY, "ended_on": TODAY - A_DAY}, "absence_over"),
            ({"ended_on": TODAY + 400 * A_DAY}, "absence_long"),
            ({"cover": "dev_role"}, "covers_themselves"),
            ({"cover": "stranger"}, "other_service"),
            ({"cover": "manager_role"}, "not_an_adviser"),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_kept(self, town, said, code):
        town.stranger = StaffRoleFactory(kind="adviser")
        if "cover" in said:
            said = said | {"cover": getattr(town, said["cover"])}

        with pytest.raises(RuleBroken) as refusal:
            away(town, **said)

        assert refusal.value.code == code
        assert not Absence.objects.exists()

    def test_nobody_stands_in_who_is_away_and_nobody_is_away_twice(self, town):
        away(town, adviser=town.ella_role, cover=None, by=town.ella)

        for said, code in (({}, "cover_away"), ({"adviser": town.ella_role, "cover": None}, "absence_overlaps")):
            with pytest.raises(RuleBroken) as refusal:
                away(town, by=town.desk, **said)
            assert refusal.value.code == code

    def test_only_the_adviser_the_manager_and_the_help_desk_say_so(self, town):
        for by in (town.ella, UserFactory()):
            with pytest.raises(NotAllowed):
                away(town, by=by)
        for number, by in enumerate((town.dev, town.manager, town.desk)):
            day = TODAY + number * A_DAY
            away(town, by=by, started_on=day, ended_on=day)


class TestDuty:
    def test_whoever_is_on_duty_has_the_learners_nobody_has(self, town):
        set_duty(adviser=town.ella_role, started_on=TODAY, ended_on=FRIDAY, by=town.manager)
        assert seen_by(town.ella) == {town.of_brannoc, town.of_calder}

        away(town, cover=None)
        assert seen_by(town.ella) == {town.of_brannoc, town.of_calder, town.of_hollins}
        assert {role.user for role in advisers_of(town.of_calder.pk)} == {town.ella}
        with clock.at(FRIDAY + A_DAY):
            assert seen_by(town.ella) == {town.of_brannoc}

    def test_another_areas_schools_are_not_theirs_and_a_duty_can_be_ended(self, town):
        elsewhere = RollEntryFactory(school=SchoolFactory(area=AreaFactory(name="Westhaven")))
        duty = set_duty(adviser=town.ella_role, started_on=TODAY, ended_on=FRIDAY, by=town.desk)
        assert elsewhere.learner not in seen_by(town.ella)

        end_duty(duty=duty, by=town.desk)

        assert seen_by(town.ella) == {town.of_brannoc}
        with pytest.raises(NotAllowed):
            set_duty(adviser=town.ella_role, started_on=TODAY, ended_on=FRIDAY, by=town.ella)

    def test_who_is_away_is_not_called_on_duty(self, client, town):
        away(town, cover=None)
        client.force_login(town.manager)
        words = {}
        for adviser, first in ((town.dev_role, TODAY), (town.ella_role, FRIDAY), (town.ella_role, TODAY)):
            set_duty(adviser=adviser, started_on=first, ended_on=FRIDAY + A_DAY, by=town.manager)
            words[adviser.user.name, first] = " ".join(client.get(reverse("accounts:caseloads")).text.split())
        nobody = "Nobody looks after their learners. Say who stands in, or who is on duty."
        assert [nobody in page for page in words.values()] == [True, True, False]
        assert words["Ella", TODAY].count("Away 18 Nov to 20 Nov, and not on duty then") == 1

    def test_to_who_is_away_nobody_is_left_and_what_they_saw_they_see(self, town):
        town.of_calder.consents.create(kind="advice_service", is_given=True, words="?", by=town.of_calder.user)
        conversation = Conversation.objects.create(learner=town.of_calder, service=town.service)
        set_duty(adviser=town.ella_role, started_on=TODAY, ended_on=FRIDAY, by=town.manager)
        assert list(Conversation.objects.live()) == [conversation]

        away(town, adviser=town.ella_role, cover=None, by=town.ella)

        assert not advisers_of(town.of_calder.pk)
        assert not Conversation.objects.live()
        assert town.of_calder in seen_by(town.ella)
        set_duty(adviser=town.dev_role, started_on=TODAY, ended_on=FRIDAY, by=town.manager)
        assert {role.user for role in advisers_of(town.of_calder.pk)} == {town.dev}
        assert list(Conversation.objects.live()) == [conversation]

    def test_they_write_to_whoever_shares_though_no_adviser_follows_the_school(self, town):
        town.of_calder.consents.create(kind="advice_service", is_given=True, words="?", by=town.of_calder.user)
        conversation = Conversation.objects.create(learner=town.of_calder, service=town.service)
        assert not Conversation.objects.answered_by(town.ella).exists()

        set_duty(adviser=town.ella_role, started_on=TODAY, ended_on=FRIDAY, by=town.manager)

        assert list(Conversation.objects.answered_by(town.ella)) == [conversation]


class TestHandingOver:
    def test_schools_change_hands_with_the_day_and_the_history_stays(self, town):
        hand_over_schools(of=town.dev_role, schools=[town.hollins], to=town.ella_role, on=FRIDAY, by=town.manager)

        with clock.at(FRIDAY - A_DAY):
            assert (seen_by(town.dev), seen_by(town.ella)) == ({town.of_hollins}, {town.of_brannoc})
        with clock.at(FRIDAY):
            assert (seen_by(town.dev), seen_by(town.ella)) == (set(), {town.of_brannoc, town.of_hollins})
        rows = CaseloadSchool.objects.filter(school=town.hollins).order_by("pk")
        assert list(rows.values_list("adviser", "ended_on")) == [
            (town.dev_role.pk, FRIDAY - A_DAY), (town.ella_role.pk, None),
        ]  # fmt: skip
        assert Event.objects.get().facts["schools"] == [town.hollins.pk]

    def test_a_school_nobody_follows_is_given_and_an_adviser_gives_nothing_away(self, town):
        with pytest.raises(NotAllowed):
            hand_over_schools(schools=[town.calder], to=town.dev_role, on=TODAY, by=town.dev)

        hand_over_schools(schools=[town.calder], to=town.dev_role, on=TODAY, by=town.desk)

        assert seen_by(town.dev) == {town.of_hollins, town.of_calder}

    def test_a_school_that_is_somebody_elses_or_of_another_area_is_not_given_as_nobodys(self, town):
        elsewhere = SchoolFactory(area=AreaFactory(name="Westhaven"))
        for schools, of in (([town.brannoc], None), ([elsewhere], None), ([town.brannoc], town.dev_role)):
            with pytest.raises(RuleBroken) as refusal:
                hand_over_schools(schools=schools, to=town.dev_role, on=TODAY, by=town.desk, of=of)
            assert refusal.value.code == "school_changed"
        assert CaseloadSchool.objects.count() == 2

    def test_handing_over_the_same_again_changes_nothing_and_an_earlier_day_holds(self, town):
        for on in (FRIDAY, FRIDAY, TODAY):
            hand_over_schools(schools=[town.calder], to=town.dev_role, on=on, by=town.desk)

        assert seen_by(town.dev) == {town.of_hollins, town.of_calder}
        row = CaseloadSchool.objects.get(school=town.calder)
        assert (row.started_on, row.ended_on) == (TODAY, None)

    def test_what_had_begun_stays_though_it_ends_on_its_first_day_and_what_had_not_is_gone(self, client, town):
        hand_over_learners(learners=[town.of_hollins], to=town.ella_role, on=TODAY, by=town.dev)
        hand_over_learners(learners=[town.of_hollins], to=town.dev_role, on=FRIDAY, by=town.ella)
        hand_over_learners(learners=[town.of_hollins], to=town.dev_role, on=TODAY, by=town.ella)

        rows = CaseloadLearner.objects.order_by("pk").values_list("adviser", "started_on", "ended_on")
        assert list(rows) == [(town.ella_role.pk, TODAY, TODAY - A_DAY), (town.dev_role.pk, TODAY, None)]
        assert (seen_by(town.dev), seen_by(town.ella)) == ({town.of_hollins}, {town.of_brannoc})
        client.force_login(town.dev)
        page = client.get(reverse("accounts:learner-hand-over", args=[town.of_hollins.reference]))
        assert "Ella, on 18 Nov 2026 only" in page.content.decode()

    def test_one_learner_changes_hands_and_comes_back(self, town):
        assert hand_over_learners(learners=[town.of_hollins], to=town.ella_role, on=TODAY, by=town.dev) == 1
        assert (seen_by(town.dev), seen_by(town.ella)) == (set(), {town.of_brannoc, town.of_hollins})
        assert hand_over_learners(learners=[town.of_hollins], to=town.ella_role, on=TODAY, by=town.ella) == 0
        assert {role.user for role in advisers_of(town.of_hollins.pk)} == {town.ella}

        give_back_learner(learner=town.of_hollins, by=town.ella)

        assert town.of_hollins in seen_by(town.ella)  # until the end of the day
        with clock.at(TODAY + A_DAY):
            assert (seen_by(town.dev), seen_by(town.ella)) == ({town.of_hollins}, {town.of_brannoc})

    def test_a_learner_of_somebody_who_left_is_their_schools_again(self, town):
        hand_over_learners(learners=[town.of_hollins], to=town.ella_role, on=TODAY, by=town.dev)
        town.ella_role.ended_on = TODAY - A_DAY
        town.ella_role.save()

        assert seen_by(town.dev) == {town.of_hollins}

    def test_who_stands_in_or_is_on_duty_keeps_nobody_for_good(self, town):
        away(town)
        set_duty(adviser=town.ella_role, started_on=TODAY, ended_on=FRIDAY, by=town.manager)
        for learner in (town.of_hollins, town.of_calder):
            assert learner in seen_by(town.ella)
            with pytest.raises(NotAllowed):
                hand_over_learners(learners=[learner], to=town.ella_role, on=TODAY, by=town.ella)
        hand_over_learners(learners=[town.of_hollins], to=town.ella_role, on=TODAY, by=town.dev)
        hand_over_learners(learners=[town.of_hollins], to=town.dev_role, on=TODAY, by=town.ella)

    def test_nobody_gives_away_a_colleagues_learner(self, town):
        with pytest.raises(NotAllowed):
            hand_over_learners(learners=[town.of_brannoc], to=town.dev_role, on=TODAY, by=town.dev)
        with pytest.raises(RuleBroken):
            hand_over_learners(learners=[town.of_hollins], to=town.ella_role, on=TODAY - A_DAY, by=town.dev)
        assert not CaseloadLearner.objects.exists()


class TestThePages:
    def test_the_manager_reads_that_nobody_stands_in_and_says_who_does(self, client, town):
        absence = away(town, cover=None)
        client.force_login(town.manager)
        page = client.get(reverse("accounts:caseloads")).content.decode()
        assert "Dev is away, and nobody stands in" in page
        assert "Calder" in page

        answers = {"cover": town.ella_role.reference}
        page = client.post(reverse("accounts:absence-cover", args=[absence.reference]), answers, follow=True)

        assert "Ella stands in" in page.content.decode()
        assert "nobody stands in" not in page.content.decode()

    def test_days_schools_and_duty_are_said_on_their_forms(self, client, town):
        client.force_login(town.desk)
        days = {"started_on_day": "18", "started_on_month": "11", "started_on_year": "2026", "ended_on_day": "20",
                "ended_on_month": "11", "ended_on_year": "2026"}  # fmt: skip
        day = {"on_day": "18", "on_month": "11", "on_year": "2026"}
        dev, ella, service = town.dev_role.reference, town.ella_role.reference, town.service.reference
        for name, reference, answers in (
            ("absence-set", dev, days | {"cover": ella}),
            ("duty-set", service, days | {"adviser": ella}),
            ("schools-give", service, day | {"schools": [town.calder.reference], "to": dev}),
            ("schools-hand-over", ella, day | {"schools": [town.brannoc.reference], "to": dev}),
        ):
            page = client.post(reverse(f"accounts:{name}", args=[reference]), answers)
            assert page.status_code == 302, name

        assert seen_by(town.dev) == {town.of_hollins, town.of_calder, town.of_brannoc}
        page = client.get(reverse("accounts:caseloads"))
        assert [row.role.user.name for row in page.context["shown"][0][0].advisers] == ["Dev", "Ella"]

    def test_the_link_is_there_for_whose_own_they_are(self, client, town):
        away(town)
        links = []
        for user in (town.dev, town.ella):
            client.force_login(user)
            page = client.get(reverse("reporting:learner", args=[town.of_hollins.reference])).content.decode()
            links.append("Hand over to a colleague" in page)
        assert links == [True, False]

    def test_the_adviser_hands_over_one_learner_on_a_page_that_says_who_had_them(self, client, town):
        client.force_login(town.dev)
        url = reverse("accounts:learner-hand-over", args=[town.of_hollins.reference])
        assert "Today they have: Dev" in " ".join(client.get(url).content.decode().split())

        client.post(url, {"to": town.ella_role.reference, "on_day": "18", "on_month": "11", "on_year": "2026"})

        assert client.get(url).status_code == 404
        client.force_login(town.ella)
        assert "since 18 Nov 2026" in client.get(url).content.decode()
        client.post(url, {"do": "back"})
        assert CaseloadLearner.objects.get().ended_on == TODAY


def handed_over_by_two():
    """Two people give one learner to two colleagues at once. Returns what either raised."""
    town = build_town()
    third = StaffRoleFactory(kind="adviser", organisation=town.service)
    results = at_once(
        *(
            partial(hand_over_learners, learners=[town.of_hollins], to=to, on=TODAY, by=by)
            for to, by in ((town.ella_role, town.manager), (third, town.desk))
        )
    )
    assert CaseloadLearner.objects.filter(learner=town.of_hollins, ended_on=None).count() == 1
    return [type(one).__name__ for one in results if isinstance(one, Exception)]


@pytest.mark.django_db(transaction=True)
def test_two_who_hand_one_learner_over_at_once_do_it_one_after_the_other():
    assert handed_over_by_two() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_hand_one_learner_over_at_once_fail_when_the_lock_is_taken_away(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    create = CaseloadLearner.objects.create
    meet = meeting()
    monkeypatch.setattr(CaseloadLearner.objects, "create", lambda **fields: (meet(), create(**fields))[1])

    assert handed_over_by_two() == ["IntegrityError"]
