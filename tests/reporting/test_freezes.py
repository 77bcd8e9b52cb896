"""Figures that stay: frozen ones, beside each other and by name, and those of every day."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actions.erasure import erase_held_back
from accounts.models import Learner, Receipt, RollEntry
from applications.models import Choice
from core import clock, personal
from core.errors import NotAllowed, RuleBroken
from reporting.actions import freeze_figures, freezes, keep_day, keep_days
from reporting.models import DailyCount, DailyFigure, Freeze, FrozenFigure, FrozenLearner
from reporting.queries.freezes import compared, days_kept, frozen_tallies
from reporting.queries.guarantee import guarantee_rows, rows_of, schools_of
from tests.ground import ground
from tests.reporting.small_town import build_town, choice_in, somebody
from tests.reporting.test_guarantee import said

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 18)


@ground
def town(db):
    return build_town()


def freeze(town, **facts):
    return freeze_figures(area=town.area, **{"stood_on": TODAY, "by": town.officer, **facts})


def lines_of(kept):
    """Everybody's line in Year 11, and one for each school."""
    counted = frozen_tallies(kept, year_group=11)
    return rows_of(counted, schools=schools_of(counted))


class TestFreezing:
    def test_what_is_frozen_stays_whatever_happens(self, town):
        kept = freeze(town)
        before = [said(row) for row in lines_of(kept)[1]]
        assert before == [said(row) for row in guarantee_rows(town.area, year_group=11)[1]]
        Choice.objects.update(status="withdrawn")
        RollEntry.objects.filter(school=town.brannoc).delete()
        assert [said(row) for row in lines_of(kept)[1]] == before

    def test_a_past_day_can_be_frozen_and_the_same_twice_is_once(self, town):
        kept = freeze(town, stood_on=dt.date(2026, 11, 10), name="Half term")
        assert freeze(town, stood_on=dt.date(2026, 11, 10), name=" Half term ") == kept
        assert said(lines_of(kept)[0])[:3] == (7, 0, [5, 1, 0, 1])
        assert freeze(town, stood_on=dt.date(2026, 11, 10)) != kept

    def test_a_day_that_was_not_over_says_so_and_can_be_frozen_again(self, town, client):
        early = freeze(town, name="September return")
        Choice.objects.update(status="withdrawn")
        client.force_login(town.officer)
        assert "the day was not over" in client.get(reverse("reporting:guarantee-freeze", args=[early.reference])).text
        with clock.at(dt.date(2026, 11, 19)):
            whole = freeze(town, name="September return")
            assert freeze(town, name="September return") == whole
        assert (whole == early, early.is_early, whole.is_early) == (False, True, False)

    def test_who_may_not_and_which_day_cannot_be(self, town):
        for by in (town.adviser, town.coordinator):
            with pytest.raises(NotAllowed):
                freeze(town, by=by)
        with pytest.raises(NotAllowed):
            freeze_figures(area=town.other_area, stood_on=TODAY, by=town.officer)
        for day, code in ((dt.date(2026, 11, 19), "in_future"), (dt.date(2026, 8, 31), "no_cohort")):
            with pytest.raises(RuleBroken) as refusal:
                freeze(town, stood_on=day)
            assert refusal.value.code == code
        assert not Freeze.objects.exists()


class TestComparing:
    def test_who_came_who_went_and_whose_light_is_another(self, town):
        first = freeze(town, name="First")
        assert compared(first, None, year_group=11) == ([], 7)
        choice_in("offered", learner=town.people["Nothing"], town=town)
        RollEntry.objects.filter(learner=town.people["Refused"]).update(ended_on=TODAY)
        new = somebody(town, "New", town.brannoc)
        second = freeze(town, name="Second")
        for after in (second, None):
            found = compared(first, after, year_group=11)
            assert found.numbers == {"came": 1, "went": 1, "changed": 1}
            assert found.stayed == 5
            assert {(one.learner_id, one.before, one.after) for one in found.moved} == {
                (town.people["Nothing"].pk, "nothing", "offer"),
                (town.people["Refused"].pk, "nothing", None),
                (new.pk, None, "nothing"),
            }
        assert [number for _before, _after, number in found.changes] == [1, 1, 1]

    def test_the_page_shows_both_and_leaves_receipts(self, town, client):
        client.force_login(town.officer)
        page = client.post(
            reverse("reporting:guarantee-freezes"),
            {"stood_on_day": "10", "stood_on_month": "11", "stood_on_year": "2026", "name": "Half term"},
            follow=True,
        )
        assert "as it stood on 10 November 2026" in page.text
        assert "Half term" in client.get(reverse("reporting:guarantee-freezes")).text
        assert page.context["comparison"].numbers == {"came": 0, "went": 0, "changed": 4}
        assert Receipt.objects.filter(reader=town.officer, section="record").count() == 4
        url = page.redirect_chain[-1][0]
        assert client.get(url, {"kind": "came"}).context["page_obj"].object_list == []
        Learner.objects.filter(pk=town.people["Offer"].pk).update(area=town.other_area)
        page = client.get(url)
        assert (len(page.context["page_obj"].object_list), page.context["comparison"].numbers["changed"]) == (3, 4)
        assert "1 more learner moved. They have left your area since" in page.text
        other = freeze(town, name="Today")
        beside = client.get(url, {"with": other.reference}).context
        assert client.get(url, {"with": "\0"}).context["other"] is None
        assert (beside["other"], beside["others"], beside["after"].cohort) == (other, [other], 7)
        assert client.get(url.replace(page.context["freeze"].reference, "ABCDEFGHJK")).status_code == 404
        client.force_login(town.adviser)
        assert client.get(url).status_code == 404

    def test_names_go_after_their_time_or_with_an_erasure_and_figures_stay(self, town, client):
        kept = freeze(town)
        gone = town.people["Nothing"]
        assert erase_held_back(gone) == []
        assert not FrozenLearner.objects.filter(learner=gone).exists()
        retention = personal.RETENTIONS["freezes"]
        assert retention.remove(retention.due(TODAY)) == 0
        assert retention.remove(retention.due(TODAY + dt.timedelta(days=1))) == 1
        assert not FrozenLearner.objects.exists()
        assert sum(FrozenFigure.objects.values_list("number", flat=True)) == 10
        client.force_login(town.officer)
        page = client.get(reverse("reporting:guarantee-freeze", args=[kept.reference]))
        assert "not kept any more" in page.text
        assert said(page.context["before"])[0] == 7

    @pytest.mark.parametrize("more", [0, 30])
    def test_however_many_moved_it_asks_the_same(self, town, client, more, django_assert_num_queries):
        kept = freeze(town)
        for number in range(3 + more):
            somebody(town, f"More {number}", town.hollins)
        client.force_login(town.officer)
        with django_assert_num_queries(12):
            client.get(reverse("reporting:guarantee-freeze", args=[kept.reference]))


class TestDays:
    def test_every_day_is_kept_once_and_missed_ones_are_made_from_history(self, town, monkeypatch):
        monkeypatch.setattr(freezes, "DAYS_FILLED", 10)
        with clock.at(dt.date(2026, 11, 16)):
            assert keep_days() == 2  # yesterday, of both areas
        runs = list(iter(keep_days, 0))
        assert (sum(runs), DailyCount.objects.filter(area=town.area).count()) == (2 * 9, 10)
        assert not keep_day(area=town.area, day=dt.date(2026, 11, 17))
        days = days_kept(town.area, year_group=11, entry_year=2027, since=dt.date(2026, 11, 8))
        assert [(day.day.day, day.cohort, day.by_light, day.recorded) for day in days[-3:]] == [
            (10, 7, [5, 1, 0, 1], 3),
            (9, 7, [7, 0, 0, 0], 0),
            (8, 7, [7, 0, 0, 0], 0),
        ]
        school = days_kept(
            town.area, year_group=11, entry_year=2027, since=dt.date(2026, 11, 10), school=town.brannoc.reference
        )
        assert (school[-1].cohort, school[-1].recorded) == (2, 2)

    def test_the_page_draws_them_with_their_table(self, town, client):
        client.force_login(town.officer)
        assert "Nothing is kept of the last 30 days" in client.get(reverse("reporting:guarantee-days")).text
        keep_day(area=town.area, day=dt.date(2026, 11, 17))
        page = client.get(reverse("reporting:guarantee-days"), {"school": town.hollins.reference})
        chart = page.context["years"][0][2]
        assert chart["summary"].startswith("1 of ")
        assert (chart["labels"], chart["series"][0]) == (["17 Nov"], ("Has an offer", [1]))
        assert '<svg class="chart__picture"' in page.text
        assert DailyFigure.objects.exists()
