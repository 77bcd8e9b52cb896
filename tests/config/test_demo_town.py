"""The invented town at its five times of year, small enough for a test."""

import io

import pytest

from accounts.models import User
from activity.models import Event
from applications.models import Choice
from applications.queries import broken_invariants
from config.demo.signins import SIGN_INS
from config.demo.town import build
from config.demo.year import STAGES
from core import clock
from prospectus.models import Consortium, Course, EntryRequirement, ProvisionKind, Stage
from providers.models import Area, Upload
from reporting.queries.counters import area_rows
from reporting.queries.guarantee import guarantee_rows
from reporting.returns.drawing import Asked
from reporting.returns.leaving import send_out

# Of each hundred of Northmoor's Year 11, who are eight here, so many have an offer: from, to.
OFFERS = {"october": (0, 40), "january": (10, 60), "march": (30, 90), "results": (50, 101), "september": (60, 101)}

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "october"])
def test_the_town_stands_at_every_stage_and_nothing_in_it_is_impossible(stage):
    stands(stage)


def test_in_october_amina_has_an_offer_to_answer_and_a_town_is_built_in_an_empty_database_only():
    stands("october")

    choices = Choice.objects.filter(application__learner__user__username="amina").order_by("rank")
    assert [(choice.provider.name, choice.status, choice.choice_runs.count()) for choice in choices] == [
        ("Northfield College", "offered", 2),
        ("Southbank Sixth Form", "sent", 1),
    ]
    has_one_of_each_kind_of_provision()
    assert what_rules_find_in_its_return() == []
    extract = Upload.objects.get(kind="caseload")
    assert (extract.state, extract.counts["waiting"], extract.counts["nobody"] > 0) == ("checked", 1, True)
    with pytest.raises(ValueError, match="people in this database"):
        build(stage="october", size="tiny", say=lambda _text: None)


def stands(stage):
    town = build(stage=stage, size="tiny", say=lambda _text: None)
    assert (town.learners, Upload.objects.filter(state="published").count()) == (14, 5)
    assert town.runs > 100
    assert broken_invariants() == []
    believable_lights(stage)
    assert Event.objects.filter(verb="choice.send").exists()
    for sign_in in SIGN_INS:
        assert User.objects.get(username=sign_in.username).check_password("northmoor-demo")


def believable_lights(stage):
    """Few have an offer in October, and almost everybody at the end of September; the counters know it, too."""
    area = Area.objects.get(name="Northmoor")
    with clock.at(STAGES[stage]):
        everybody = guarantee_rows(area, year_group=11)[0]
    least, most = OFFERS[stage]
    assert least <= everybody.offer_percent < most
    [counted] = [row for row in area_rows()[11][1] if row.area == area]
    assert counted.by_light == [count.count for count in everybody.by_light]


def what_rules_find_in_its_return():
    found = []
    asked = Asked(("991",), clock.today(), "991")
    people = send_out(
        asked,
        form="xml",
        out=io.BytesIO(),
        found=lambda _key, finding: found.append(finding),
        progress=lambda **_: None,
    )
    assert people > 10
    return found


def has_one_of_each_kind_of_provision():
    assert {ProvisionKind.COURSE, ProvisionKind.TASTER} <= set(Course.objects.values_list("kind", flat=True))
    assert Course.objects.filter(stage=Stage.KEY_STAGE_4).exists()
    consortium = Consortium.objects.get()
    assert consortium.partners.count() == 1
    assert consortium.courses.get().title == "Higher Diploma in Engineering"
    assert [part.site is not None for part in consortium.courses.get().parts.all()] == [True] * 3
    assert EntryRequirement.objects.filter(course__title="A level Biology").exists()
