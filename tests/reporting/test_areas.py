"""All areas together: the page, and the Department's published figures beside it."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from core.errors import RuleBroken
from providers.models import RoleKind
from reporting.actions import load_scorecard, reconcile_due
from reporting.models import PublishedFigure
from reporting.queries.counters import newest_published
from tests.factories import AreaFactory, CycleFactory, OrganisationFactory, StaffRoleFactory
from tests.reporting.small_town import build_town

HEAD = (
    "time_period,geographic_level,region_code,region_name,old_la_code,la_name,"
    "September_guarantee_Offer_made_percent,September_guarantee_annual_change_ppts"
)
ROWS = (
    HEAD,
    "2025,National,,,,,94.6,0",
    "2025,Regional,E12000004,East Midlands,,,91.2,-3.6",
    "2025,Local authority,E12000004,East Midlands,998,Northmoor,100.2,1.4",
    "2025,Local authority,E12000004,East Midlands,996,Tiny,z,z",
)


@pytest.mark.django_db
class TestPage:
    @pytest.fixture
    def town(self):
        town = build_town()
        load_scorecard(lines=ROWS)
        return town

    @pytest.mark.parametrize("is_counted", [False, True])
    def test_an_officer_reads_all_areas_beside_what_was_published(self, town, client, is_counted):
        client.force_login(town.officer)
        if not is_counted:
            assert "Nothing is counted yet" in client.get(reverse("reporting:guarantee-areas")).text
            return
        reconcile_due()
        page = client.get(reverse("reporting:guarantee-areas"))
        [(_year, _all, offers, rows), _year_12] = page.context["years"]
        shown = [(row.area.name, row.cohort, number) for row, number in rows]
        # Nobody of Westhaven's one has an offer: with the total in sight the rest would tell of somebody.
        assert shown == [("Northmoor", 7, 2), ("Westhaven", 1, None)]
        assert offers is None
        assert "100.2% (2024)" in page.text
        assert "94.6% (2024)" in page.text

    def test_who_looks_after_another_area_is_told_of_nobody(self, town, client):
        reconcile_due()
        desk = StaffRoleFactory(
            kind=RoleKind.HELP_DESK, organisation=OrganisationFactory(kind="authority", area=town.other_area)
        ).user
        client.force_login(desk)
        page = client.get(reverse("reporting:guarantee-areas"))
        [(_year, _all, total, rows), _year_12] = page.context["years"]
        # Nor does the total of the two, which are two learners.
        assert ([offers for _row, offers in rows], total) == ([None, None], None)

    @pytest.mark.parametrize("more", [0, 5])
    def test_it_asks_the_same_number_of_questions_however_many_areas(
        self, town, client, more, django_assert_num_queries
    ):

        for number in range(more):
            CycleFactory(area=AreaFactory(name=f"Area {number}"))
        reconcile_due()
        client.force_login(town.officer)
        with django_assert_num_queries(12):
            client.get(reverse("reporting:guarantee-areas"))


@pytest.mark.django_db
class TestPublished:
    def test_a_scorecard_shows_the_september_before_it(self):
        assert load_scorecard(lines=ROWS) == (3, 1)
        assert load_scorecard(lines=[HEAD, "2025,National,,,,,94.7,0.1"]) == (1, 0)
        figures = PublishedFigure.objects.order_by("level", "code")
        assert [(one.september, one.level, one.code, one.percent) for one in figures] == [
            (2024, "authority", "998", Decimal("100.2")),
            (2024, "national", "ENG", Decimal("94.7")),
            (2024, "region", "E12000004", Decimal("91.2")),
        ]

    @pytest.mark.parametrize("lines", [["a,b", "1,2"], [HEAD, "x,National,,,,,94.7,0.1"], [HEAD, "2025,Moon,,,,,9,0"]])
    def test_another_file_is_refused_with_a_sentence_and_nothing_is_kept(self, lines, tmp_path):
        with pytest.raises(RuleBroken) as refusal:
            load_scorecard(lines=[*lines])
        assert refusal.value.code == "not_a_scorecard"
        file = tmp_path / "other.csv"
        file.write_text("\n".join(lines))
        with pytest.raises(CommandError, match="scorecard"):
            call_command("load_published_guarantee", file)
        assert not PublishedFigure.objects.exists()

    @pytest.mark.data
    def test_the_departments_own_files_load(self, shared_data, capsys):
        folder = shared_data / "dfe_neet_september_guarantee_by_la"
        call_command("load_published_guarantee", *sorted(folder.glob("*.csv")))

        england = PublishedFigure.objects.filter(level="national").order_by("september")
        assert [(one.september, float(one.percent)) for one in england] == [
            (2020, 94.3), (2021, 95.5), (2022, 94.6), (2024, 94.6),
        ]  # fmt: skip
        thurrock = PublishedFigure.objects.get(level="authority", name="Thurrock", september=2022)
        assert float(thurrock.percent) == 100.2
        lowest = PublishedFigure.objects.filter(level="authority", september=2022).order_by("percent").first()
        assert (lowest.name, float(lowest.percent)) == ("Nottinghamshire", 61.1)
        assert len(newest_published()) > 145
