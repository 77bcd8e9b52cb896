"""Spells of current activity and how long they count, need, destination, and who keeps them."""

import datetime as dt

import pytest
from django.db.models import QuerySet
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions import merge_learners
from accounts.models import Receipt
from activity.models import Event
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp import actions
from ilp.models import Currency, CurrentActivity, Lapse, RecordCode, RecordFact, currency_of, lapses_on, months_after
from tests.factories import LearnerFactory, ProviderFactory, RollEntryFactory
from tests.ground import ground
from tests.ilp.talk import build_town
from tests.races import at_once, meeting

TODAY = dt.date(2026, 11, 18)
SEPTEMBER = dt.date(2026, 9, 1)
DATES = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))


@ground
def town(db):
    actions.load_record_codes()
    return build_town()


def code(number, kind="activity"):
    return RecordCode.objects.get(kind=kind, code=number)


def start(town, number="330", started_on=SEPTEMBER, verified_on=TODAY, by=None, **answers):
    return actions.start_current_activity(
        learner=town.amina,
        code=code(number),
        started_on=started_on,
        verified_on=verified_on,
        source="learner",
        by=by or town.adviser,
        **answers,
    )


class TestCurrency:
    """The table of the shared note on the client return."""

    @pytest.mark.parametrize(
        ("lapse", "dates", "due"),
        [
            ("august", {}, dt.date(2027, 8, 31)),
            ("august", {"course_ends_on": dt.date(2027, 6, 25)}, dt.date(2027, 6, 25)),
            ("year", {}, dt.date(2027, 11, 18)),
            ("half_year", {}, dt.date(2027, 5, 18)),
            ("review", {"review_on": dt.date.max}, dt.date.max),
            ("half_year", {"course_ends_on": dt.date(2027, 1, 8)}, dt.date(2027, 1, 8)),
            ("course_end", {"course_ends_on": dt.date(2027, 6, 25)}, dt.date(2027, 6, 25)),
            ("course_end", {}, dt.date(2027, 2, 18)),
            ("review", {"review_on": dt.date(2027, 1, 4)}, dt.date(2027, 2, 1)),
            ("never", {}, None),
        ],
    )
    def test_each_line_of_it(self, lapse, dates, due):
        assert lapses_on(lapse, verified_on=TODAY, **dates) == due

    @settings(max_examples=80, deadline=None)
    @given(st.sampled_from(Lapse.values), DATES, st.none() | DATES, st.none() | DATES, st.integers(0, 900))
    def test_once_lapsed_it_stays_lapsed_and_never_outlives_the_course(self, lapse, verified_on, review, ends, days):
        spell = CurrentActivity(
            code=RecordCode(lapse=lapse), verified_on=verified_on, review_on=review, course_ends_on=ends
        )
        due, later = spell.lapses_on, verified_on + dt.timedelta(days=days)
        assert (due is None) == (lapse == Lapse.NEVER)
        if due is not None:
            assert ends is None or due <= ends
            assert currency_of(spell, due) == Currency.GOOD
            assert currency_of(spell, due + dt.timedelta(days=1)) == Currency.LAPSED
            assert (currency_of(spell, later) == Currency.LAPSED) == (later > due)

    def test_months_end_where_the_month_does(self):
        assert months_after(dt.date(2026, 8, 31), 6) == dt.date(2027, 2, 28)
        assert months_after(dt.date(2023, 8, 31), 6) == dt.date(2024, 2, 29)

    def test_every_code_has_its_line(self, town):
        lines = dict.fromkeys(Lapse.values, 0)
        for one in RecordCode.objects.of_kind("activity"):
            lines[one.lapse] += 1
        assert lines == {"august": 12, "year": 2, "half_year": 6, "course_end": 6, "review": 5, "never": 15}
        assert set(RecordCode.objects.filter(needs_review=True).values_list("code", flat=True)) == {
            "260", "290", "350", "616", "710", "720"}  # fmt: skip
        actions.load_record_codes()
        assert RecordCode.objects.count() == 46 + 3 + 8 + 11 + 8 + 20


class TestSpells:
    def test_a_later_one_closes_the_former(self, town):
        first = start(town)
        second = start(town, "619", started_on=dt.date(2026, 11, 2), verified_on=dt.date(2026, 11, 3))
        first.refresh_from_db()
        assert (first.ended_on, second.ended_on) == (dt.date(2026, 11, 2), None)
        assert list(CurrentActivity.objects.open()) == [second]
        assert Event.objects.filter(verb="current_activity.start").count() == 2

    @pytest.mark.parametrize(
        ("number", "answers", "name"),
        [
            ("330", {"verified_on": TODAY + dt.timedelta(days=1)}, "in_future"),
            ("330", {"verified_on": SEPTEMBER - dt.timedelta(days=1)}, "verified_early"),
            ("210", {}, "course_end_missing"),
            ("350", {}, "review_missing"),
            ("210", {"course_ends_on": SEPTEMBER - dt.timedelta(days=1)}, "course_end_early"),
            ("260", {"course_ends_on": TODAY, "review_on": TODAY + dt.timedelta(days=1)}, "review_late"),
        ],
    )
    def test_what_the_return_would_refuse_is_refused(self, town, number, answers, name):
        with pytest.raises(RuleBroken) as refusal:
            start(town, number, **answers)
        assert (refusal.value.code, CurrentActivity.objects.count()) == (name, 0)

    def test_a_need_is_no_activity_and_none_starts_before_the_open_one(self, town):
        start(town)
        with pytest.raises(RuleBroken) as refusal:
            actions.set_fact(learner=town.amina, kind="need", code=code("330"), started_on=TODAY, by=town.adviser)
        assert refusal.value.code == "wrong_code"
        with pytest.raises(RuleBroken) as refusal:
            start(town, "619", started_on=dt.date(2026, 8, 1))
        assert refusal.value.code == "before_former"

    def test_confirming_makes_it_good_for_longer_and_keeps_what_was(self, town):
        spell = start(town, verified_on=SEPTEMBER)
        again = actions.confirm_current_activity(spell=spell, verified_on=TODAY, by=town.adviser)
        assert (again.lapses_on, again.ascertained_on) == (dt.date(2027, 5, 18), SEPTEMBER)
        assert list(CurrentActivity.objects.standing()) == [again]
        with pytest.raises(StaleState):
            actions.confirm_current_activity(spell=spell, verified_on=TODAY, by=town.adviser)
        with pytest.raises(RuleBroken) as refusal:
            actions.confirm_current_activity(spell=again, verified_on=SEPTEMBER, by=town.adviser)
        assert refusal.value.code == "verified_before"

    def test_a_correction_moves_the_end_of_the_one_before(self, town):
        first = start(town, verified_on=SEPTEMBER)
        second = start(town, "619", started_on=dt.date(2026, 11, 2))
        actions.correct_current_activity(
            spell=second, code=code("640"), started_on=dt.date(2026, 10, 5), verified_on=TODAY, by=town.adviser
        )
        first.refresh_from_db()
        assert first.ended_on == dt.date(2026, 10, 5)
        assert [spell.code.code for spell in CurrentActivity.objects.standing()] == ["640", "330"]
        with pytest.raises(RuleBroken) as refusal:
            actions.correct_current_activity(
                spell=CurrentActivity.objects.open().get(), started_on=dt.date(2026, 8, 1), by=town.adviser
            )
        assert refusal.value.code == "before_former"

    def test_it_can_be_read_as_it_was_known_on_a_day(self, town):
        with clock.at(dt.date(2026, 10, 1)):
            spell = start(town, verified_on=SEPTEMBER)
        with clock.at(dt.date(2026, 11, 1)):
            actions.correct_current_activity(spell=spell, code=code("310"), by=town.adviser)
        start(town, "619", started_on=dt.date(2026, 11, 10))

        def stood(month, day):
            there = CurrentActivity.objects.as_it_stood_on(dt.date(2026, month, day))
            return [one.code.code for one in there]

        days = [(9, 30), (10, 1), (11, 1), (11, 17), (11, 18)]
        assert [stood(*day) for day in days] == [[], ["330"], ["310"], ["310"], ["619"]]

    def test_two_records_have_one_open_spell_afterwards(self, town):
        other = LearnerFactory(area=town.area, birth_on=town.amina.birth_on)
        RollEntryFactory(learner=other, school=town.school)
        start(town)
        actions.start_current_activity(
            learner=other, code=code("619"), started_on=dt.date(2026, 10, 1), verified_on=TODAY, source="learner",
            by=town.adviser,
        )  # fmt: skip
        for learner, level in ((town.amina, "1"), (other, "2")):
            actions.set_fact(learner=learner, kind="need", code=code(level, "need"), started_on=TODAY, by=town.adviser)
        merge_learners(keep=town.amina, other=other, by=town.coordinator)
        assert [(one.code.code, one.learner) for one in CurrentActivity.objects.open()] == [("619", town.amina)]
        assert CurrentActivity.objects.filter(learner=town.amina).count() == 2
        assert RecordFact.objects.open().get().code.code == "2"


class TestFacts:
    def set(self, town, level, day=TODAY):
        return actions.set_fact(
            learner=town.amina, kind="need", code=code(level, "need"), started_on=day, by=town.adviser
        )

    def test_the_next_one_closes_it_and_the_same_day_puts_it_right(self, town):
        first, second = self.set(town, "3", SEPTEMBER), self.set(town, "1")
        third = self.set(town, "2")
        for fact in (first, second):
            fact.refresh_from_db()
        assert (first.ended_on, second.ended_on, second.replaced_at is None) == (TODAY, None, False)
        assert list(RecordFact.objects.standing()) == [third, first]
        assert RecordFact.objects.as_it_stood_on(TODAY, kind="need").get() == third

    @pytest.mark.parametrize(
        ("level", "day", "name"),
        [
            ("1", TODAY + dt.timedelta(days=1), "in_future"),
            ("1", dt.date(2026, 8, 1), "before_former"),
            ("3", TODAY, "same_fact"),
        ],
    )
    def test_what_cannot_be_is_refused(self, town, level, day, name):
        self.set(town, "3", SEPTEMBER)
        with pytest.raises(RuleBroken) as refusal:
            self.set(town, level, day)
        assert refusal.value.code == name


class TestWho:
    @pytest.mark.parametrize("name", ["second", "officer", "coordinator", "tutor", "desk"])
    def test_only_who_answers_for_the_learner_writes(self, town, name):
        with pytest.raises(NotAllowed):
            start(town, by=getattr(town, name))

    def test_adviser_and_officer_read_without_any_consent_and_nobody_else(self, town):
        start(town)
        people = ("adviser", "officer", "second", "coordinator", "tutor", "desk", "elsewhere")
        seen = [name for name in people if CurrentActivity.objects.visible_to(getattr(town, name)).exists()]
        assert seen == ["adviser", "officer"]

    def test_the_pages_from_first_spell_to_correction(self, town, client):
        college = ProviderFactory(name="Northfield College", area=town.area, ukprn="10000001")
        client.force_login(town.adviser)
        page = reverse("ilp:client-record", args=[town.amina.reference])
        assert "reported as not known" in client.get(page).content.decode()
        assert list(Receipt.objects.values_list("section", flat=True)) == ["record"]
        form = client.get(reverse("ilp:current-activity-start", args=[town.amina.reference])).context["form"]
        parts = form["started_on"].subwidgets[0].data["subwidgets"]
        day = {part["name"]: value for part, value in zip(parts, ("1", "9", "2026"), strict=True)}
        checked = {name.replace("started_on", "verified_on"): value for name, value in day.items()}
        answers = day | checked | {"code": code("230").pk, "source": "provider", "provider": "10000001"}
        address = reverse("ilp:current-activity-start", args=[town.amina.reference])
        assert "Say when the course ends" in client.post(address, answers).content.decode()
        ends = {name.replace("started_on", "course_ends_on"): value for name, value in day.items()}
        ends = {name: "2027" if value == "2026" else value for name, value in ends.items()}
        assert (
            "No provider in the directory"
            in client.post(address, answers | ends | {"provider": "10009999"}).content.decode()
        )
        assert client.post(address, answers | ends).status_code == 302
        spell = CurrentActivity.objects.get()
        assert (spell.provider, str(spell.course_ends_on)) == (college, "2027-09-01")
        shown = client.get(page).content.decode()
        for words in ("Northfield College", "Until 31 Aug 2027", "Their college"):
            assert words in shown
        correct = reverse("ilp:current-activity-correct", args=[spell.reference])
        assert "10000001" in client.get(correct).content.decode()
        confirm = reverse("ilp:current-activity-confirm", args=[spell.reference])
        assert client.post(confirm, checked).status_code == 302
        assert client.get(confirm).status_code == 404
        for name, one in (("need-set", code("1", "need")), ("destination-set", code("121", "destination"))):
            assert (
                client.post(reverse(f"ilp:{name}", args=[town.amina.reference]), day | {"code": one.pk}).status_code
                == 302
            )
        shown = client.get(page).content.decode()
        assert "1 Intensive support" in shown
        assert "to be confirmed" in shown

    def test_the_page_costs_the_same_with_one_and_five_rows(self, town, client, django_assert_num_queries):
        client.force_login(town.adviser)
        page = reverse("ilp:client-record", args=[town.amina.reference])
        for number in (1, 5):
            while CurrentActivity.objects.count() < number:
                start(town, started_on=SEPTEMBER + dt.timedelta(days=CurrentActivity.objects.count()))
            with django_assert_num_queries(8):
                assert len(client.get(page).context["spells"]) == number


@pytest.mark.django_db(transaction=True)
def test_two_spells_cannot_be_opened_at_once():
    actions.load_record_codes()
    town = build_town()
    answers = at_once(lambda: start(town, "330"), lambda: start(town, "619"))
    assert [type(answer).__name__ for answer in answers] == ["CurrentActivity", "CurrentActivity"]
    assert CurrentActivity.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_spells_at_once_collide_when_the_lock_is_taken_away(monkeypatch):
    actions.load_record_codes()
    town = build_town()
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    save = CurrentActivity.save
    meet = meeting()
    monkeypatch.setattr(CurrentActivity, "save", lambda self, **options: (meet(), save(self, **options))[1])
    answers = at_once(lambda: start(town, "330"), lambda: start(town, "619"))
    assert sorted(type(answer).__name__ for answer in answers) == ["CurrentActivity", "IntegrityError"]
