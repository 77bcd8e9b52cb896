"""The September Guarantee of a small town, counted by hand: its figures, the names behind them, and any day."""

import datetime as dt
import random
import re
from contextlib import suppress

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import CaseloadSchool, Learner, Receipt, RollEntry
from applications import actions as apply
from applications.models import Choice, OutsideOffer
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from reporting.actions import change_status_words, record_status, take_back_status
from reporting.models import Category, GuaranteeStatus, RecordedStatus
from reporting.queries.guarantee import GuaranteeCohort, guarantee_rows, narrowed
from reporting.queries.lights import category_of, with_light, with_recorded
from tests.factories import CourseFactory, CourseRunFactory, RollEntryFactory, StaffRoleFactory
from tests.ground import ground
from tests.reporting.small_town import build_town, choice_in, somebody, status_of

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 18)
SEPTEMBER = dt.date(2027, 9, 30)


@ground
def town(db):
    return build_town()


def said(row):
    """(cohort, joined later, lights, published groups, share with an offer, share recorded)."""
    lights = [count.count for count in row.by_light]
    groups = [count.count for count in row.by_category]
    return row.cohort, row.joined_later, lights, groups, row.offer_percent, row.recorded_percent


def names(cohort, **filters):
    return sorted(learner.given_name for learner in narrowed(cohort.standing(), **filters))


class TestFigures:
    def test_year_11_is_as_a_person_would_count_it(self, town):
        everybody, schools = guarantee_rows(town.area, year_group=11)

        assert said(everybody) == (7, 0, [3, 1, 1, 2], [2, 1, 3, 1], 28.6, 85.7)
        assert [(row.name, said(row)) for row in schools] == [
            ("Hollins Park School", (5, 0, [1, 1, 1, 2], [2, 0, 2, 1], 40.0, 80.0)),
            ("St Brannoc's School", (2, 0, [2, 0, 0, 0], [0, 1, 1, 0], 0.0, 100.0)),
        ]
        assert [count.percent for count in everybody.by_category] == [28.6, 14.3, 42.9, 14.3]

    def test_year_12_is_who_lives_here_wherever_they_learn(self, town):
        everybody, schools = guarantee_rows(town.area, year_group=12)

        assert said(everybody) == (3, 0, [1, 0, 1, 1], [1, 0, 1, 1], 33.3, 66.7)
        assert [(row.name, said(row)[:3]) for row in schools] == [
            ("Hollins Park School", (2, 0, [1, 0, 0, 1])),
            ("Westhaven School", (1, 0, [0, 0, 1, 0])),
        ]
        assert names(GuaranteeCohort.of(town.other_area, year_group=12)) == ["Resident elsewhere"]
        assert names(GuaranteeCohort.of(town.other_area, year_group=11)) == ["Away"]

    def test_the_cohort_is_fixed_in_may_and_more_than_all_can_have_an_offer(self, town):
        brannoc = RollEntry.objects.filter(school=town.brannoc)
        brannoc.filter(learner=town.people["Refused"]).update(ended_on=dt.date(2027, 6, 15))  # left, and stays counted
        for name, day in (
            ("June", dt.date(2027, 6, 7)),
            ("July", dt.date(2027, 7, 1)),
            ("Autumn", dt.date(2027, 9, 8)),
        ):
            choice_in("offered", learner=somebody(town, name, town.brannoc, started_on=day), town=town)
        gone = somebody(town, "Came and went", town.brannoc, started_on=dt.date(2027, 6, 7))
        RollEntry.objects.filter(learner=gone).update(ended_on=dt.date(2027, 7, 1))
        with clock.at(SEPTEMBER):
            everybody, [hollins, row] = guarantee_rows(town.area, year_group=11)
            assert said(row) == (2, 2, [2, 0, 0, 2], [2, 1, 1, 0], 100.0, 100.0)
            assert (said(hollins)[0], said(everybody)[:2]) == (5, (7, 2))
            assert names(GuaranteeCohort.of(town.area, year_group=11), joined="later") == ["July", "June"]
            apply.record_outside_offer(
                learner=town.people["Refused"], cycle=town.cycle, by=_adviser_of(town), provider_name="A firm"
            )
            _everybody, [_hollins, row] = guarantee_rows(town.area, year_group=11)
            assert row.offer_percent == 150.0

    def test_in_september_those_of_the_next_year_are_not_counted(self, town):
        RollEntry.objects.update(ended_on=dt.date(2027, 8, 31))
        somebody(town, "Next year", town.hollins, started_on=dt.date(2027, 9, 1))
        with clock.at(SEPTEMBER):
            everybody, _schools = guarantee_rows(town.area, year_group=11)

        assert said(everybody)[:3] == (7, 0, [3, 1, 1, 2])

    def test_an_offer_goes_before_what_was_recorded(self, town):
        choice_in("offered", learner=town.people["Refused"], town=town, rank=2)

        assert names(GuaranteeCohort.of(town.area, year_group=11), category=Category.OFFER_MADE) == [
            "Offer", "Outside", "Refused",
        ]  # fmt: skip


def _adviser_of(town):
    """Whose caseload all of the town's schools are."""
    role = town.adviser.staff_roles.get()
    CaseloadSchool.objects.get_or_create(adviser=role, school=town.brannoc, started_on=dt.date(2026, 9, 1))
    return town.adviser


class TestStatuses:
    def test_the_newer_takes_the_place_of_the_older_which_stays(self, town):
        refused = town.people["Refused"]
        record_status(learner=refused, entry_year=2027, status=status_of("150"), by=town.officer)
        again = record_status(learner=refused, entry_year=2027, status=status_of("150"), by=town.officer)
        assert [(one.status_id, one.ended_at is None) for one in RecordedStatus.objects.filter(learner=refused)] == [
            ("150", True), ("151", False),
        ]  # fmt: skip
        take_back_status(recorded=again, by=town.officer)
        with pytest.raises(StaleState):
            take_back_status(recorded=again, by=town.officer)
        assert refused.given_name in names(GuaranteeCohort.of(town.area, year_group=11), category=Category.NOT_RECORDED)

    @pytest.mark.parametrize("code", ["110", "159"])
    def test_an_offer_is_recorded_as_an_offer_and_nothing_is_not_recorded(self, town, code):
        with pytest.raises(RuleBroken) as refusal:
            record_status(learner=town.people["Nothing"], entry_year=2027, status=status_of(code), by=town.officer)
        assert refusal.value.code == "wrong_status"

    def test_only_who_answers_for_the_learner_records(self, town):
        nothing = town.people["Nothing"]
        record_status(learner=nothing, entry_year=2027, status=status_of("150"), by=town.adviser)
        for by in (town.coordinator, nothing.user):
            with pytest.raises(NotAllowed):
                record_status(learner=nothing, entry_year=2027, status=status_of("151"), by=by)
        with pytest.raises(NotAllowed):  # not on the adviser's caseload
            record_status(learner=town.people["Refused"], entry_year=2027, status=status_of("150"), by=town.adviser)

    def test_words_and_groups_are_put_right_by_an_officer(self, town, client):
        change_status_words(
            status=status_of("151"), meaning="Turned it down", category="not_appropriate", by=town.officer
        )
        everybody, _schools = guarantee_rows(town.area, year_group=11)
        assert [count.count for count in everybody.by_category] == [2, 2, 2, 1]
        assert status_of("151").is_verified
        for changes, code in (
            ({"meaning": " ", "category": "no_offer"}, "meaning_missing"),
            ({"meaning": "x", "category": "purple"}, "category_unknown"),
            ({"meaning": "x", "category": "offer_made"}, "status_in_use"),
        ):
            with pytest.raises(RuleBroken) as refusal:
                change_status_words(status=status_of("151"), by=town.officer, **changes)
            assert refusal.value.code == code
        with pytest.raises(NotAllowed):
            change_status_words(status=status_of("151"), meaning="x", category="no_offer", by=town.adviser)
        client.force_login(town.officer)
        assert "Turned it down" in client.get(reverse("reporting:guarantee-statuses")).text
        page = client.post(
            reverse("reporting:guarantee-status-words", args=["140"]),
            {"meaning": "In custody", "category": "not_appropriate"},
            follow=True,
        )
        assert "In custody" in page.text

    def test_it_is_recorded_and_taken_back_on_the_learners_page(self, town, client):
        client.force_login(town.adviser)
        nothing = town.people["Nothing"]
        url = reverse("reporting:guarantee-status", args=[nothing.reference])
        assert "Offer made" not in client.get(url).text
        page = client.post(url, {"status": "151"}, follow=True)
        assert "No offer: refused what was offered" in page.text
        recorded = RecordedStatus.objects.get(learner=nothing)
        page = client.post(reverse("reporting:guarantee-status-take-back", args=[recorded.reference]), follow=True)
        assert "until 18 November 2026" in page.text


class TestNames:
    def numbers(self, page):
        """Every figure that leads somewhere, with where."""
        found = re.findall(
            r'href="(/desk/guarantee/year-\d+/[^"]*)"[^>]*>\s*(?:<span class="count__number">)?(\d+)<', page.text
        )
        return {url.replace("&amp;", "&"): int(number) for url, number in found}

    @pytest.mark.parametrize("day", ["", "2026-11-09"])
    def test_every_number_leads_to_as_many_names(self, town, client, day):
        client.force_login(town.officer)
        page = client.get(reverse("reporting:guarantee"), {"on": day} if day else {})
        numbers = self.numbers(page)
        assert len(numbers) >= 18
        for url, number in numbers.items():
            assert client.get(url).context["paginator"].count == number, url

    def test_who_has_left_the_area_since_counts_on_that_day_and_is_not_named(self, town, client):
        gone = town.people["Nothing"]
        RollEntry.objects.filter(learner=gone).update(ended_on=TODAY)
        RollEntryFactory(learner=gone, school=town.westhaven, year_group=11, started_on=TODAY)
        Learner.objects.filter(pk=gone.pk).update(area=town.other_area)
        client.force_login(town.officer)
        url = reverse("reporting:guarantee-learners", args=[11])
        page = client.get(url, {"on": "2026-11-17", "school": town.hollins.reference})
        assert sum(number for _light, number in page.context["counts"]) == 5
        assert "Nothing" not in [row[0].given_name for row in page.context["rows"]]
        assert "1 more learner is counted here. They have left your area since" in page.text
        # Nor does a search say that somebody who is not named is called so.
        searched = client.post(url + "?on=2026-11-17", {"name": "Nothing"}, follow=True)
        assert (sum(number for _light, number in searched.context["counts"]), searched.context["rows"]) == (0, [])
        assert "more learner" not in searched.text
        assert "more learner" not in client.get(url).text

    def test_reading_names_leaves_receipts(self, town, client):
        client.force_login(town.officer)
        client.get(reverse("reporting:guarantee-learners", args=[11]), {"light": "waiting"})
        [receipt] = Receipt.objects.filter(reader=town.officer)
        assert (receipt.learner, receipt.section, receipt.role.kind) == (town.people["Waiting"], "record", "officer")

    def test_an_adviser_reads_their_caseload_and_of_others_what_tells_of_nobody(self, town, client):
        client.force_login(town.adviser)
        page = client.get(reverse("reporting:guarantee"))
        _year, everybody, own, others = page.context["cohorts"][0]
        assert said(everybody)[:3] == (5, 0, [1, 1, 1, 2])
        assert [row.name for row in own] == ["Hollins Park School"]
        assert [(row.name, row.cohort, row.offers) for row in others] == [("St Brannoc's School", 2, None)]
        before = client.get(reverse("reporting:guarantee"), {"on": (clock.today() - dt.timedelta(days=1)).isoformat()})
        assert [each[3] for each in before.context["cohorts"]] == [[], []]
        listed = client.get(reverse("reporting:guarantee-learners", args=[11]))
        assert {row[0].given_name for row in listed.context["rows"]} == {
            "Offer", "Waiting", "Started", "Nothing", "Outside",
        }  # fmt: skip

    def test_a_coordinator_reads_their_school(self, town, client):
        client.force_login(town.coordinator)
        listed = client.get(reverse("reporting:guarantee-learners", args=[11]), {"school": town.hollins.reference})
        assert {row[0].given_name for row in listed.context["rows"]} == {"Not appropriate", "Refused"}

    def test_a_day_to_come_or_none_at_all_is_today(self, town, client):
        client.force_login(town.officer)
        for day, words in (("2026-12-24", "still to come"), ("31 February", "not a day of the calendar")):
            page = client.get(reverse("reporting:guarantee"), {"on": day})
            assert words in page.text
            assert page.context["day"] == TODAY

    @pytest.mark.parametrize("more", [0, 12])
    def test_it_asks_the_same_number_of_questions_however_many(self, town, client, more, django_assert_num_queries):
        for number in range(more):
            somebody(town, f"More {number}", town.hollins)
        for by, questions in ((town.officer, 8), (town.adviser, 10)):
            client.force_login(by)
            with django_assert_num_queries(questions):
                client.get(reverse("reporting:guarantee"))
        client.force_login(town.officer)
        with django_assert_num_queries(10):
            client.get(reverse("reporting:guarantee-learners", args=[11]))
        with django_assert_num_queries(10):
            client.get(reverse("reporting:guarantee-learners", args=[11]), {"on": "2026-11-09"})


class TestAsItStood:
    def test_an_earlier_day_knows_what_was_known_then(self, town):
        before = guarantee_rows(town.area, year_group=11, day=dt.date(2026, 11, 9))[0]
        # The rows of choices were made today: on that day there were none, no outside offer and nothing recorded.
        assert said(before) == (7, 0, [7, 0, 0, 0], [0, 0, 0, 7], 0.0, 0.0)
        on_the_day = guarantee_rows(town.area, year_group=11, day=dt.date(2026, 11, 10))[0]
        # A row that no move has made is a draft.
        assert said(on_the_day) == (7, 0, [5, 1, 0, 1], [1, 1, 1, 4], 14.3, 42.9)

    def test_before_the_school_year_nobody_is_in_the_cohort(self, town):
        assert said(guarantee_rows(town.area, year_group=11, day=dt.date(2026, 8, 31))[0])[:2] == (0, 0)

    def test_a_choice_is_followed_through_its_states(self, town):
        nothing = town.people["Nothing"]
        run = CourseRunFactory(course=CourseFactory(provider=town.college))
        admissions = _admissions(town)
        lights = {}
        with clock.at(dt.date(2026, 11, 1)):
            choice = apply.add_run(learner=nothing, run=run, by=nothing.user)
        with clock.at(dt.date(2026, 11, 3)):
            choice = apply.send_choice(choice=_written(choice), by=nothing.user)
        with clock.at(dt.date(2026, 11, 5)):
            choice = apply.make_offer(choice=choice, by=admissions, answer_by_on=dt.date(2026, 12, 1))
        with clock.at(dt.date(2026, 11, 7)):
            apply.turn_down_offer(choice=choice, by=nothing.user)
        for number in range(9):
            on = dt.date(2026, 10, 31) + dt.timedelta(days=number)
            lights[on.day] = with_light(_only(nothing), entry_year=2027, day=on).get().light
        assert lights == {
            31: "nothing", 1: "started", 2: "started", 3: "waiting", 4: "waiting", 5: "offer", 6: "offer",
            7: "nothing", 8: "nothing",
        }  # fmt: skip

    def test_an_offer_the_learner_told_of_counts_from_the_day_an_adult_confirmed_it(self, town):
        nothing = town.people["Nothing"]
        with clock.at(dt.date(2026, 11, 1)):
            offer = apply.say_outside_offer(
                learner=nothing, cycle=town.cycle, by=nothing.user, provider_name="A garage"
            )
        with clock.at(dt.date(2026, 11, 4)):
            apply.confirm_outside_offer(outside_offer=offer, by=town.adviser)
        with clock.at(dt.date(2026, 11, 8)):
            apply.end_outside_offer(outside_offer=offer, by=town.adviser)
        stood = [
            with_light(_only(nothing), entry_year=2027, day=dt.date(2026, 11, day)).get().light for day in (3, 4, 7, 8)
        ]
        assert stood == ["nothing", "offer", "offer", "nothing"]

    @pytest.mark.parametrize("seed", [1, 2])
    def test_today_from_history_is_now_and_an_earlier_day_stays(self, town, seed):
        """Random moves by the real actions: history says of today what the rows say, and yesterday does not change."""
        pick = random.Random(seed)  # noqa: S311 - the same every time
        Choice.objects.all().delete()  # rows that no action made have no history
        admissions, adviser = _admissions(town), _adviser_of(town)
        runs = [CourseRunFactory(course=CourseFactory(provider=town.college)) for _ in range(2)]
        past = {}
        for day in (dt.date(2026, 11, 11) + dt.timedelta(days=number) for number in range(7)):
            with clock.at(day):
                for _ in range(4):
                    _something(town, pick, runs=runs, admissions=admissions, adviser=adviser)
                past[day] = _standing(town, day)
                assert past[day] == _standing(town, None)
        assert {day: _standing(town, day) for day in past} == past
        assert len({tuple(sorted(one.items())) for one in past.values()}) > 3


def _only(learner):
    return type(learner).objects.filter(pk=learner.pk)


def _admissions(town):
    return StaffRoleFactory(organisation=town.college, kind="admissions").user


def _written(choice):
    apply.write_profile(
        application=choice.application, by=choice.application.learner.user, statement="I like it.",
        predicted_grades="English: 5", needs="",
    )  # fmt: skip
    return choice


def _standing(town, day):
    """Light and group of everybody, from history where a day is given."""
    found = {}
    for year_group in (11, 12):
        learners = GuaranteeCohort(town.area, year_group, 2027, day or clock.today()).learners()
        asked = {"entry_year": 2027, "day": day}
        for one in with_recorded(with_light(learners, **asked), **asked):
            found[one.pk, year_group] = (one.light, category_of(one.light, one.recorded))
    return found


def _something(town, pick, *, runs, admissions, adviser):
    """One thing that can happen to somebody, if it can."""
    learner = pick.choice([one for name, one in sorted(town.people.items()) if one.area_id == town.area.pk])
    moves = {
        "add": lambda: apply.add_run(learner=learner, run=pick.choice(runs), by=learner.user),
        "send": lambda: apply.send_choice(choice=_written(_one(learner, "send")), by=learner.user),
        "offer": lambda: apply.make_offer(
            choice=_one(learner, "offer"), by=admissions, answer_by_on=dt.date(2026, 12, 18)
        ),
        "refuse": lambda: apply.refuse_choice(choice=_one(learner, "refuse"), by=admissions, reason="full"),
        "turn_down": lambda: apply.turn_down_offer(choice=_one(learner, "turn_down"), by=learner.user),
        "withdraw": lambda: apply.withdraw_choice(choice=_one(learner, "withdraw"), by=learner.user, reason="travel"),
        "outside": lambda: apply.record_outside_offer(
            learner=learner, cycle=town.cycle, by=adviser, provider_name="A firm"
        ),
        "end": lambda: apply.end_outside_offer(
            outside_offer=OutsideOffer.objects.standing().filter(learner=learner).first(), by=adviser
        ),
        "status": lambda: record_status(
            learner=learner, entry_year=2027, by=town.officer,
            status=pick.choice(list(GuaranteeStatus.objects.recordable())),
        ),
        "take_back": lambda: take_back_status(
            recorded=RecordedStatus.objects.standing().get(learner=learner), by=town.officer
        ),
    }  # fmt: skip
    impossible = (RuleBroken, StaleState, NotAllowed, AttributeError, Choice.DoesNotExist, RecordedStatus.DoesNotExist)
    with suppress(*impossible), transaction.atomic():
        moves[pick.choice(sorted(moves))]()


def _one(learner, verb):
    return Choice.objects.filter(application__learner=learner).that_can(verb).order_by("pk")[:1].get()
