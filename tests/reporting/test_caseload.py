"""A caseload counted by hand: every reason once, in its order, and with or without consent."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.actions import set_absence
from accounts.models import CaseloadLearner, Receipt
from activity.models import Event
from applications.models import Choice, Interview, Offer
from core import clock
from ilp.actions import load_record_codes
from ilp.models import (
    Contact,
    Conversation,
    CurrentActivity,
    HelpRequest,
    Lapse,
    Message,
    MessageFlag,
    MessageRun,
    RecordCode,
    RecordFact,
    lapses_on,
)
from reporting.queries.caseload import caseload, caseload_counts, caseload_options, narrowed
from reporting.queries.reasons import REASONS, reasons_of, season_of
from reporting.words import due_words, reasons_said
from tests.factories import (
    CaseloadSchoolFactory,
    CycleFactory,
    LearnerContactFactory,
    OrganisationFactory,
    ProviderFactory,
    SchoolFactory,
    StaffRoleFactory,
)
from tests.ground import ground
from tests.reporting.test_queries import SENT_AT, choice_in, learner_of

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 18)
JANUARY = dt.date(2027, 1, 13)


@ground
def town():
    return build_town()


def build_town():
    """A school with an adviser, and a provider."""
    town = SimpleNamespace(cycle=CycleFactory())
    town.area = town.cycle.area
    town.school, town.provider = SchoolFactory(area=town.area), ProviderFactory(area=town.area)
    service = OrganisationFactory(kind="advice_service", area=town.area)
    town.role = StaffRoleFactory(kind="adviser", organisation=service)
    town.adviser = town.role.user
    CaseloadSchoolFactory(adviser=town.role, school=town.school)
    return town


def one(town, name, *, shares=True, **facts):
    """A learner of Year 11, who shares with the advice service and was here this week."""
    learner = learner_of(town.school, family_name=name, **facts)
    if learner.user is not None:
        learner.user.last_login = clock.now()
        learner.user.save()
        learner.consents.create(kind="advice_service", is_given=shares, words="May we?", by=learner.user)
    return learner


def send(town, learner, status="sent", **facts):
    choice = choice_in(status, learner=learner, provider=town.provider, rank=facts.pop("rank", 1))
    Choice.objects.filter(pk=choice.pk).update(status_at=SENT_AT, **facts)
    return choice


def contact(town, learner, **facts):
    return Contact.objects.create(learner=learner, by=town.adviser, kind="phone", on=dt.date(2026, 11, 1), **facts)


def the_whole_town(town):
    """Somebody for each reason; most are called as the reason is."""
    flagged = one(town, "concern")
    conversation = Conversation.objects.create(learner=flagged, service=town.role.organisation, last_at=SENT_AT)
    message = Message.objects.create(
        conversation=conversation, by=flagged.user, is_from_learner=True, text="…", once="1", sent_at=clock.now(),
        shown_at=clock.now(),
    )  # fmt: skip
    MessageFlag.objects.create(message=message, kind="concern")
    send(town, one(town, "left_early"), "enrolled", left_on=dt.date(2026, 10, 30), left_how="learner")
    refused = one(town, "refused")
    send(town, refused, "unsuccessful")
    send(town, refused, "turned_down", rank=2)
    offered = send(town, one(town, "offer"), "offered")
    Offer.objects.create(choice=offered, by=town.adviser, answer_by_on=dt.date(2026, 11, 25))
    contact(town, one(town, "step_due"), next_step="Ring", next_on=dt.date(2026, 11, 13))
    asked = one(town, "help")
    HelpRequest.objects.create(learner=asked, topic="other", words="Please")
    missed = send(town, one(town, "missed"), "interviewing")
    Interview.objects.create(choice=missed, starts_at=SENT_AT, state="missed", came=False, by=town.adviser)
    gone = one(town, "not_known")
    gone.roll_entries.update(ended_on=dt.date(2026, 10, 1))
    one(town, "never_unlocked", user=None)
    send(town, one(town, "one_choice"))
    away = one(town, "not_back")
    away.user.last_login = clock.now() - dt.timedelta(days=29)
    away.user.save()
    load_record_codes()
    spell = one(town, "lapsed")
    CurrentActivity.objects.create(
        learner=spell, code=RecordCode.objects.get(kind="activity", code="310"), by=town.adviser, source="learner",
        started_on=dt.date(2025, 9, 1), ascertained_on=dt.date(2025, 9, 1), verified_on=dt.date(2025, 9, 1),
    )  # fmt: skip


def shown(town, **filters):
    learners = narrowed(caseload(town.adviser, entry_year=2027, cycle=town.cycle), **filters)
    return {learner.family_name: [reason.key for reason in REASONS if getattr(learner, reason.field, None)]
            for learner in learners}  # fmt: skip


def test_the_town_as_a_person_would_sort_it_in_autumn(town):
    """It is November: nobody is late with an application, and plans have been asked for since October."""
    the_whole_town(town)

    assert shown(town) == {
        "concern": ["concern", "wrote", "no_plan"],
        "left_early": ["left_early", "no_plan"],
        "refused": ["refused", "no_plan"],
        "offer": ["offer", "no_plan"],
        "step_due": ["step_due", "no_plan"],
        "help": ["help", "no_plan"],
        "missed": ["missed", "no_plan"],
        "not_known": ["not_known", "no_plan"],
        "never_unlocked": ["never_unlocked"],
        "lapsed": ["no_plan", "lapsed"],
        "not_back": ["no_plan", "not_back"],
        "one_choice": ["no_plan"],
    }
    assert list(shown(town))[:9] == [
        "concern", "left_early", "refused", "offer", "step_due", "help", "missed", "not_known", "never_unlocked",
    ]  # fmt: skip


def test_in_january_who_has_nothing_under_way_and_who_has_one_choice_are_reasons_too(town):
    the_whole_town(town)

    with clock.at(JANUARY):
        rows = shown(town)

    assert rows["one_choice"] == ["one_choice", "no_plan", "not_back"]
    assert rows["never_unlocked"] == ["never_unlocked", "nothing_sent"]
    assert "nothing_sent" not in rows["refused"]  # everything they sent has a reason of its own
    assert "nothing_sent" in rows["help"]


@pytest.mark.parametrize(
    ("day", "keys"),
    [
        (dt.date(2026, 9, 16), set()),
        (dt.date(2026, 9, 29), {"never_unlocked"}),
        (dt.date(2026, 10, 13), {"never_unlocked", "no_plan"}),
        (dt.date(2026, 11, 24), {"never_unlocked", "no_plan", "nothing_sent", "one_choice"}),
        (dt.date(2027, 9, 1), {"never_unlocked", "no_plan"}),
        (dt.date(2027, 11, 1), None),
    ],
)
def test_a_reason_is_one_from_its_day_of_the_year(town, day, keys):
    of_the_year = {"never_unlocked", "no_plan", "nothing_sent", "one_choice"}

    with clock.at(day):
        found = {reason.key for reason in reasons_of(season_of(town.cycle))}

    assert found & of_the_year == (keys or set())
    assert ("not_back" in found) == (keys is not None)
    assert {"concern", "offer", "step_due", "not_known", "lapsed"} <= found


def test_of_who_does_not_share_only_what_needs_no_consent_is_said(town):
    quiet = one(town, "quiet", shares=False)
    send(town, quiet, "unsuccessful")
    contact(town, quiet, next_step="Ring", next_on=TODAY)
    quiet.user.last_login = clock.now() - dt.timedelta(days=60)
    quiet.user.save()

    assert shown(town) == {"quiet": ["step_due"]}
    with clock.at(JANUARY):
        assert shown(town) == {"quiet": ["step_due", "nothing_sent"]}  # which follows from the light


def test_whoever_is_too_young_to_apply_is_not_called_for_it(town):
    learner = learner_of(town.school, year_group=9, user=None)

    with clock.at(JANUARY):
        assert shown(town) == {learner.family_name: []}


def test_the_figures_are_of_the_list_and_each_filter_finds_its_own(town):
    the_whole_town(town)
    everybody = caseload(town.adviser, entry_year=2027, cycle=town.cycle)

    counts = caseload_counts(everybody)

    assert (counts.everybody, counts.needing, counts.unneeding) == (12, 12, 0)
    by_key = {count.reason.key: count.count for count in counts.reasons if count.count}
    assert by_key == {
        "concern": 1, "left_early": 1, "refused": 1, "offer": 1, "step_due": 1, "wrote": 1, "help": 1, "missed": 1,
        "not_known": 1, "never_unlocked": 1, "no_plan": 11, "not_back": 1, "lapsed": 1,
    }  # fmt: skip
    for key in ("offer", "no_plan", "wrote"):
        assert narrowed(everybody, reason=key).count() == by_key[key]
    assert narrowed(everybody, light="offer").count() == 1
    assert narrowed(everybody, reason="none").count() == 0


def test_school_year_and_level_of_need_narrow_the_list(town):
    load_record_codes()
    learner, _other = one(town, "Abbott"), one(town, "Barker")
    need = RecordCode.objects.get(kind="need", code="1")
    RecordFact.objects.create(learner=learner, kind="need", code=need, started_on=TODAY, by=town.adviser)

    options = caseload_options(town.adviser)
    assert options.schools == [(town.school.reference, town.school.name)]
    assert (options.year_groups, options.tutor_groups, options.needs) == ([11], ["11A"], [("1", "Intensive support")])
    assert list(shown(town, need="1")) == ["Abbott"]
    assert list(shown(town, year_group="12")) == []


@pytest.mark.parametrize("lapse", Lapse.values)
@pytest.mark.parametrize(
    ("verified_on", "review_on", "ends_on"),
    [
        (dt.date(2025, 8, 31), None, None),
        (dt.date(2025, 9, 1), dt.date(2026, 1, 31), None),
        (dt.date(2025, 11, 30), None, dt.date(2026, 3, 1)),
        (dt.date(2024, 2, 29), None, None),
        (dt.date(2024, 2, 29), dt.date.max, None),
    ],
)
def test_sql_knows_how_long_an_activity_counts_as_the_rule_does(town, lapse, verified_on, review_on, ends_on):
    code = RecordCode.objects.create(kind="activity", code="x1", meaning="Something", lapse=lapse)
    CurrentActivity.objects.create(
        learner=learner_of(town.school), code=code, by=town.adviser, source="learner", started_on=verified_on,
        ascertained_on=verified_on, verified_on=verified_on, review_on=review_on, course_ends_on=ends_on,
    )  # fmt: skip

    expected = lapses_on(lapse, verified_on=verified_on, review_on=review_on, course_ends_on=ends_on)
    assert CurrentActivity.objects.with_lapse().get().lapse_on == expected


def test_a_day_is_said_in_working_days():
    said = [
        due_words(TODAY - dt.timedelta(days=back), today=TODAY, working_days=late)
        for back, late in ((0, 0), (1, 1), (5, 3))
    ]
    assert [words.words for words in said] == ["today", "1 working day late", "3 working days late"]
    assert due_words(TODAY + dt.timedelta(days=7), today=TODAY, working_days=0).words == "by 25 Nov"


def test_each_reason_leads_to_its_step_and_the_same_step_is_offered_once(town):
    the_whole_town(town)
    rows = {row.family_name: row for row in caseload(town.adviser, entry_year=2027, cycle=town.cycle)}

    def steps(name):
        said = reasons_said(rows[name], today=TODAY, working_days={(dt.date(2026, 11, 13), TODAY): 3})
        return [(one.words, one.when, one.step and one.step.text) for one in said]

    assert steps("refused") == [
        ("Refused everywhere", "since 2 Nov 2026", "Write to them"), ("No plan", "since 15 Sep 2026", None),
    ]  # fmt: skip
    assert steps("step_due")[0] == ("Next step due", "3 working days late", "Record a contact")
    assert steps("never_unlocked") == [("Never unlocked", "since 15 Sep 2026", "Help them in")]


class TestThePage:
    def page(self, client, town, **query):
        client.force_login(town.adviser)
        return client.get(reverse("reporting:caseload"), query)

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_full_row_costs_nothing_more(self, client, town, count, django_assert_num_queries):
        for number in range(count):
            learner = one(town, f"offer{number}")
            Offer.objects.create(
                choice=send(town, learner, "offered"), by=town.adviser, answer_by_on=dt.date(2026, 11, 16)
            )
        client.force_login(town.adviser)

        with django_assert_num_queries(12):
            page = client.get(reverse("reporting:caseload"))

        assert len(page.context["rows"]) == count
        assert page.content.decode().count("2 working days late") == count

    def test_a_contact_is_recorded_in_two_presses_and_the_list_is_as_it_was(self, client, town):
        learner = one(town, "Abbott")
        client.force_login(town.adviser)
        url = reverse("reporting:caseload-contact", args=[learner.reference]) + "?year_group=11"

        answers = {"kind": "phone", "next_step": "Bring the form", "next_in": "3", "next_who": "learner"}
        page = client.post(url, answers, follow=True)

        assert page.redirect_chain == [(reverse("reporting:caseload") + "?year_group=11", 302)]
        saved = Contact.objects.get()
        assert (saved.kind, saved.on, saved.note) == ("phone", TODAY, "")
        assert (saved.next_step, saved.next_on, saved.next_who) == ("Bring the form", dt.date(2026, 11, 23), "learner")
        assert "Abbott" not in "".join(str(one) for one in page.context["messages"])

    def test_what_cannot_be_saved_is_said_and_nothing_is(self, client, town):
        learner = one(town, "Abbott")
        client.force_login(town.adviser)

        page = client.post(
            reverse("reporting:caseload-contact", args=[learner.reference]),
            {"kind": "phone", "next_step": "Ring"},
            follow=True,
        )

        assert "Nothing was saved. Say when the next step is due." in page.content.decode()
        assert not Contact.objects.exists()

    def test_a_next_step_is_done_once_and_is_no_reason_any_more(self, client, town):
        saved = contact(town, one(town, "Abbott"), next_step="Ring", next_on=TODAY)
        client.force_login(town.adviser)
        for _press in range(2):
            assert client.post(reverse("reporting:step-finish", args=[saved.reference])).status_code == 302

        assert "step_due" not in shown(town)["Abbott"]
        assert Event.objects.filter(verb="contact.finish_next_step").count() == 1

    def test_a_step_that_a_later_contact_replaced_is_stale(self, client, town):
        learner = one(town, "Abbott")
        saved = contact(town, learner, next_step="Ring", next_on=TODAY)
        Contact.objects.create(learner=learner, by=town.adviser, kind="phone", on=TODAY)
        client.force_login(town.adviser)

        assert client.post(reverse("reporting:step-finish", args=[saved.reference])).status_code == 409

    def test_those_ticked_or_all_of_the_list_are_picked_to_be_written_to(self, client, town):
        first, second = one(town, "Abbott"), one(town, "Barker", year_group=12)
        client.force_login(town.adviser)
        url = reverse("reporting:caseload-write")

        for query, answers, names in (
            ("", {"scope": "ticked", "learner": [second.reference]}, ["Barker"]),
            ("?year_group=11", {"scope": "all"}, ["Abbott"]),
            ("", {"scope": "all"}, ["Abbott", "Barker"]),
        ):
            client.post(url + query, answers)
            run = MessageRun.objects.latest("pk")
            assert sorted(item.learner.family_name for item in run.items.all()) == names
        page = client.post(url, {"scope": "ticked"}, follow=True)
        assert "Tick some learners first." in page.content.decode()
        assert first.roll_entries.exists()

    def test_a_forgotten_search_picks_nobody(self, client, town):
        one(town, "Abbott")
        client.force_login(town.adviser)

        client.post(reverse("reporting:caseload-write") + "?found=gone", {"scope": "all"})

        assert not MessageRun.objects.exists()

    def test_a_sheet_for_visits_names_what_is_needed_and_leaves_receipts(self, client, town):
        quiet = one(town, "Quiet", shares=False)
        LearnerContactFactory(learner=quiet, address="4 Mill Lane", phone="01422 000000")
        send(town, quiet)
        contact(town, quiet, note="Mum says evenings.", next_step="Call at six", next_on=TODAY)
        client.force_login(town.adviser)

        page = client.post(reverse("reporting:visit-sheet"), {"learner": [quiet.reference]}).content.decode()

        for words in ("Quiet", "4 Mill Lane", "01422 000000", "Mum says evenings.", "Call at six"):
            assert words in page
        assert town.provider.name not in page
        assert set(Receipt.objects.values_list("section", flat=True)) == {"record", "contact", "notes"}

    def test_those_ticked_are_handed_over_together_and_who_is_lent_stays(self, client, town):
        first, second = one(town, "Abbott"), one(town, "Barker")
        lent = learner_of(SchoolFactory(area=town.area), family_name="Clegg")
        ella = StaffRoleFactory(kind="adviser", organisation=town.role.organisation, user__name="Ella")
        CaseloadSchoolFactory(adviser=ella, school=lent.roll_entries.get().school)
        set_absence(adviser=ella, cover=town.role, started_on=TODAY, ended_on=TODAY, by=ella.user)
        client.force_login(town.adviser)
        url = reverse("reporting:caseload-hand-over")
        ticked = {"scope": "ticked", "learner": [one.reference for one in (first, second, lent)]}

        page = client.post(url, ticked)

        assert page.context["learners"] == [first, second]
        assert "1 learner stays where they are" in page.content.decode()
        day = {"on_day": "18", "on_month": "11", "on_year": "2026"}
        page = client.post(url, {"learner": ticked["learner"], "to": ella.reference, **day | {"on_day": "17"}})
        assert "This day is over" in page.content.decode()
        assert not CaseloadLearner.objects.exists()
        page = client.post(url, {"learner": ticked["learner"], "to": ella.reference, **day}, follow=True)
        assert "2 learners are handed over." in page.content.decode()
        assert set(CaseloadLearner.objects.values_list("learner", "adviser")) == {
            (first.pk, ella.pk), (second.pk, ella.pk),
        }  # fmt: skip
        page = client.post(url, {"learner": [lent.reference]}, follow=True)
        assert "Only those of your own can be handed over." in page.content.decode()

    def test_another_schools_learner_is_on_nobodys_sheet(self, client, town):
        stranger = learner_of(SchoolFactory(area=town.area), family_name="Stranger")
        client.force_login(town.adviser)

        page = client.post(reverse("reporting:visit-sheet"), {"learner": [stranger.reference]}, follow=True)

        assert "Stranger" not in page.content.decode()
        assert not Receipt.objects.exists()
