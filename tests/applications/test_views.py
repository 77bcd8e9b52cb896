import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activity.models import Event
from applications import actions
from applications.models import Choice, Interview, Offer, OutsideOffer, Referral
from applications.workflow import CHOICE_FLOW, ChoiceState
from core import clock
from tests.applications.walk import again, walk_to
from tests.factories import CourseRunFactory

ANSWER_BY = {"answer_by_on_day": "11", "answer_by_on_month": "12", "answer_by_on_year": "2026", "message": ""}


def url(name, thing=None):
    return reverse(f"applications:{name}", args=[thing.reference] if thing else [])


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# The learner's pages


def test_a_learner_without_an_application_is_led_to_the_courses(town, client):
    client.force_login(town.amina.user)
    page = client.get(url("home"))
    assert page.status_code == 200
    assert "You have not started yet" in page.text
    assert reverse("prospectus:courses") in page.text


def test_home_shows_what_to_do_next_with_its_date_and_where_everything_stands(town, client):
    town.choice("offered", town.run("Plumbing Level 2"))
    town.choice("sent", town.run("Bricklaying Level 1", provider=town.southbank))
    client.force_login(town.amina.user)
    page = client.get(url("home"))
    assert "Answer the offer from Northfield College" in page.text
    assert "2 December 2026" in page.text
    assert "Southbank Sixth Form answers you by Wednesday 9 December 2026" in page.text


@pytest.mark.parametrize("state", list(ChoiceState))
def test_every_state_has_a_page_for_each_side_that_sees_it(town, client, state):
    choice = town.choice(state)
    client.force_login(town.amina.user)
    assert client.get(url("home")).status_code == 200
    assert client.get(url("choice", choice)).status_code == 200
    client.force_login(town.admissions)
    assert client.get(url("received-choice", choice)).status_code == (200 if choice.sent_at else 404)
    client.force_login(town.coordinator)
    has_snapshot = hasattr(choice, "snapshot")
    expected = 200 if has_snapshot and state != "draft" else 404
    assert client.get(url("endorsement", choice)).status_code == expected


@pytest.mark.parametrize("state", ["sent", "offered", "accepted", "withdrawn"])
def test_the_page_of_each_verb_opens_where_the_table_allows_it_and_says_409_elsewhere(town, state):
    choice = town.choice(state)
    clients = [Client() for _ in range(3)]
    for client, who in zip(clients, (town.amina.user, town.admissions, town.coordinator), strict=True):
        client.force_login(who)
    has_no_page = {"send_unendorsed", "lapse", "close", "decline_referral"}
    last = "take_referral"  # what it takes is no page's before it
    for verb in [*sorted(set(CHOICE_FLOW.moves) - has_no_page - {last}), last]:
        name = "choice-referral" if verb == last else f"choice-{verb.replace('_', '-')}"
        if verb == last and state == "sent":
            other = town.run("Heating Level 1")
            actions.refer_choice(choice=choice, by=town.admissions, runs=[other])
        for client in clients:
            status = client.get(url(name, choice)).status_code
            if status not in (403, 404):
                break
        assert status == (200 if state in CHOICE_FLOW.sources(verb) else 409), verb


def test_the_course_page_button_makes_one_choice_however_often_it_is_pressed(town, client):
    run = town.run()
    client.force_login(town.amina.user)
    first = client.post(url("add-run", run))
    second = client.post(url("add-run", run))
    assert first.url == second.url == url("choice", Choice.objects.get())


def test_a_second_run_joins_the_draft_the_learner_names(town, client):
    draft = town.draft(town.run("English A level"))
    client.force_login(town.amina.user)
    client.post(url("add-run", town.run("History A level")), {"choice": draft.reference})
    assert again(draft).programme == "English A level with History A level"


def test_a_closed_run_is_not_added_and_the_learner_is_told_why(town, client):
    client.force_login(town.amina.user)
    run = town.run(takes_applications=False)
    response = client.post(url("add-run", run))
    assert response.url == reverse("prospectus:course", args=[run.course.reference])
    assert said(response) == ["This course does not take applications here at the moment."]
    assert not Choice.objects.exists()


def test_nobody_elses_draft_takes_a_run(town, client):
    draft = town.draft(learner=town.ben)
    client.force_login(town.amina.user)
    assert client.post(url("add-run", town.run()), {"choice": draft.reference}).status_code == 404


def test_statement_and_grades_are_saved_half_finished(town, client):
    application = town.draft().application
    client.force_login(town.amina.user)
    seen = application.marks.get(section="statement").number
    answers = {"statement": "I like", "draft": "ACDEFGHJKM", "seen": seen}
    response = client.post(url("statement", application), answers)
    assert response.url == url("profile", application)
    application.refresh_from_db()
    assert application.statement == "I like"


def test_the_learner_changes_the_order_and_takes_a_course_out(town, client):
    first = town.draft(town.run("English A level"), town.run("History A level"))
    second = town.draft(town.run("Bricklaying", provider=town.southbank))
    kept = first.choice_runs.first().run
    client.force_login(town.amina.user)
    response = client.post(url("choice-edit", first), {"rank": 2, "runs": [kept.pk]})
    assert response.status_code == 302, response.context["form"].errors
    assert [again(second).rank, again(first).rank] == [1, 2]
    assert again(first).programme == "English A level"


def test_the_check_page_names_what_stops_the_choice_and_shows_no_button(town, client):
    choice = town.draft()
    actions.write_profile(
        application=choice.application, by=town.amina.user, statement="", predicted_grades="", needs=""
    )
    client.force_login(town.amina.user)
    page = client.get(url("choice-send", choice))
    assert "Write your statement first" in page.text
    assert "You have not given any grades" in page.text
    assert "Send this choice" not in page.text
    assert client.post(url("choice-send", choice)).status_code == 200
    assert again(choice).status == "draft"


def test_sending_twice_by_double_click_sends_once_and_looks_the_same(town, client):
    choice = town.draft()
    client.force_login(town.amina.user)
    first = client.post(url("choice-send", choice))
    second = client.post(url("choice-send", choice))
    assert (first.status_code, first.url) == (second.status_code, second.url) == (302, url("choice", choice))
    assert Event.objects.filter(verb="choice.send").count() == 1


def test_accepting_names_the_choices_it_ends_and_ends_them(town, client):
    northfield = town.choice("offered", town.run("Plumbing"))
    southbank = town.choice("offered", town.run("Bricklaying", provider=town.southbank))
    client.force_login(town.amina.user)
    page = client.get(url("choice-accept", northfield))
    assert "Bricklaying at Southbank Sixth Form" in page.text
    assert client.post(url("choice-accept", northfield)).url == url("choice", northfield)
    assert again(southbank).status == "turned_down"
    late = client.get(url("choice-accept", southbank))
    assert late.status_code == 409
    assert "This has changed since you opened it" in late.text


def test_an_expired_offer_says_what_to_do_on_the_page(town, client):
    choice = town.choice("offered")
    client.force_login(town.amina.user)
    with clock.at(dt.date(2026, 12, 3)):
        page = client.post(url("choice-accept", choice))
    assert page.status_code == 200
    assert "This offer has run out. Ask the provider to make it again." in page.text


@pytest.mark.parametrize(("verb", "state"), [("hold", "held"), ("turn-down", "turned_down")])
def test_the_learner_answers_an_offer(town, client, verb, state):
    choice = town.choice("offered")
    client.force_login(town.amina.user)
    assert client.post(url(f"choice-{verb}", choice)).url == url("choice", choice)
    assert again(choice).status == state


def test_withdrawing_asks_why(town, client):
    choice = town.choice("sent")
    client.force_login(town.amina.user)
    assert "Choose a reason" in client.post(url("choice-withdraw", choice)).text
    assert client.post(url("choice-withdraw", choice), {"reason": "travel"}).url == url("home")
    assert (again(choice).status, again(choice).withdrawal_reason) == ("withdrawn", "travel")


def test_a_draft_taken_away_leaves_the_list(town, client):
    choice = town.draft(town.run("Plumbing"))
    client.force_login(town.amina.user)
    client.post(url("choice-withdraw", choice), {"reason": "changed_mind"})
    assert "Plumbing" not in client.get(url("home")).text


def test_a_draft_taken_away_in_one_tab_cannot_be_moved_in_another(town, client):
    gone, _other = (town.choice("draft", town.run(f"Plumbing {number}")) for number in (1, 2))
    actions.withdraw_choice(choice=gone, by=town.amina.user, reason="changed_mind")
    client.force_login(town.amina.user)
    assert client.post(url("choice-edit", gone), {"rank": "1"}).status_code == 409


@pytest.mark.parametrize(("answer", "programme"), [("yes", "Heating"), ("no", "Plumbing")])
def test_the_learner_answers_a_suggestion(town, client, answer, programme):
    choice = town.choice("sent", town.run("Plumbing"))
    actions.refer_choice(choice=choice, by=town.admissions, runs=[town.run("Heating")], message="A better start.")
    client.force_login(town.amina.user)
    assert "A better start." in client.get(url("choice-referral", choice)).text
    client.post(url("choice-referral", choice), {"answer": answer})
    assert again(choice).programme == programme
    assert client.get(url("choice-referral", choice)).status_code == 409


def test_nothing_of_another_learner_can_be_opened(town, client):
    choice = town.choice("offered")
    client.force_login(town.ben.user)
    names = [
        "choice",
        "choice-edit",
        "choice-send",
        "choice-accept",
        "choice-hold",
        "choice-turn-down",
        "choice-withdraw",
    ]
    assert {client.get(url(name, choice)).status_code for name in names} == {404}
    assert client.get(url("profile", choice.application)).status_code == 404


# The button on the course page


def course_page(client, run):
    page = client.get(reverse("prospectus:course", args=[run.course.reference]), follow=True)
    assert page.status_code == 200
    return page.text


def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_the_course(town, client):
    run = town.run()
    page = course_page(client, run)
    assert "Sign in to apply" in page
    assert f"?next=/courses/{run.course.reference}" in page


def test_the_button_offers_a_choice_of_its_own_or_a_draft_at_the_same_provider(town, client):
    run, draft = town.run("English A level"), town.draft(town.run("History A level"))
    town.draft(town.run("Art", provider=town.southbank))
    client.force_login(town.amina.user)
    page = course_page(client, run)
    assert "Add to my application" in page
    assert f'name="choice" value="{draft.reference}"' in page
    assert page.count('name="choice"') == 1
    assert "In your application" in course_page(client, draft.choice_runs.get().run)


def test_there_is_no_button_for_staff_nor_for_a_run_that_takes_no_applications(town, client):
    run, closed = town.run(), town.run(takes_applications=False)
    client.force_login(town.admissions)
    assert "Add to my application" not in course_page(client, run)
    client.force_login(town.amina.user)
    assert "Add to my application" not in course_page(client, closed)


@pytest.mark.parametrize("rows", [1, 5])
def test_the_buttons_of_a_course_ask_the_same_number_of_questions(town, client, rows, django_assert_num_queries):
    run = town.run()
    for _ in range(rows - 1):
        CourseRunFactory(course=run.course, site=run.site)
    town.draft(town.run("History A level"))
    client.force_login(town.amina.user)
    address = reverse("prospectus:course", args=[run.course.reference])
    client.get(address, follow=True)
    final = client.get(address, follow=True).request["PATH_INFO"]
    with CaptureQueriesContext(connection) as asked:
        page = client.get(final)
    assert page.text.count("Add to my application") == rows
    slot = [query for query in asked if "applications_" in query["sql"] or "accounts_learner" in query["sql"]]
    assert len(slot) == 3


# The admissions desk


def test_the_desk_is_in_groups_the_most_urgent_first(town, client):
    for number, state in enumerate(["offered", "sent", "interviewing", "sent", "confirmed", "unsuccessful"]):
        learner = town.learner(f"Learner{number}", "Bell", school=town.hollins)
        choice = town.choice(state, town.run(), learner=learner)
        if number == 3:
            Choice.objects.filter(pk=choice.pk).update(answer_due_on="2026-11-17")
    client.force_login(town.admissions)
    page = client.get(url("received"))
    groups = [group.heading for group, *_ in page.context["rows"]]
    assert groups == [
        "Waiting too long",
        "To look at",
        "Interviews planned",
        "Places confirmed",
        "Waiting for the learner",
        "Done",
    ]
    assert [(group.slug, number) for group, number in page.context["counts"]] == [
        ("late", 1),
        ("new", 1),
        ("interview", 1),
        ("starting", 1),
        ("learner", 1),
        ("over", 1),
    ]
    assert len(client.get(url("received"), {"group": "new"}).context["rows"]) == 1


def test_the_desk_is_searched_by_name_and_by_reference(town, client):
    choice = town.choice("sent")
    town.choice("sent", learner=town.ben)
    client.force_login(town.admissions)
    for search in ("yus", "amina yusuf", choice.reference.lower()):
        assert [row[1] for row in client.post(url("received"), {"words": search}, follow=True).context["rows"]] == [
            choice
        ]
    assert "Nothing found" in client.post(url("received"), {"words": "100% '\\_"}, follow=True).text


def test_the_desk_shows_nothing_of_other_providers_nor_drafts(town, client):
    town.draft(town.run("Plumbing"))
    town.choice("sent", town.run("Bricklaying", provider=town.southbank))
    client.force_login(town.admissions)
    page = client.get(url("received"))
    assert "No applications yet" in page.text
    assert "Plumbing" not in page.text
    assert "Bricklaying" not in page.text


def test_a_received_choice_shows_what_was_sent_and_never_its_siblings(town, client):
    choice = town.choice("sent", town.run("Plumbing"))
    town.choice("sent", town.run("Bricklaying", provider=town.southbank))
    actions.write_profile(
        application=choice.application, by=town.amina.user, statement="Changed", predicted_grades="", needs=""
    )
    client.force_login(town.admissions)
    page = client.get(url("received-choice", choice))
    assert "I take things apart" in page.text
    assert "Changed" not in page.text
    assert "Bricklaying" not in page.text
    assert "Hollins Park School" in page.text
    assert "31 March 2011" in page.text


def test_the_buttons_are_what_the_table_and_the_policy_allow(town, client):
    choice = town.choice("offered")
    client.force_login(town.admissions)
    page = client.get(url("received-choice", choice))
    buttons = [words.button for words, _ in page.context["buttons"]]
    assert buttons == ["Change the offer", "Withdraw the offer", "Withdraw for the learner"]
    client.force_login(town.amina.user)
    page = client.get(url("choice", choice))
    assert [words.button for words, _ in page.context["buttons"]] == [
        "Accept",
        "Keep as my back-up",
        "Turn down",
    ]


def test_an_offer_is_made_with_conditions_and_changed(town, client):
    choice = town.choice("sent")
    client.force_login(town.admissions)
    assert client.get(url("choice-offer", choice)).context["form"].initial == {"answer_by_on": dt.date(2026, 12, 2)}
    rows = {"kind_1": "results", "text_1": "Grade 4 in English", "kind_2": "other", "text_2": " ", "kind_3": "other"}
    response = client.post(url("choice-offer", choice), rows | ANSWER_BY)
    assert response.status_code == 302, response.context["form"].errors
    offer = again(choice).standing_offer
    assert [(each.kind, each.text) for each in offer.conditions.all()] == [("results", "Grade 4 in English")]
    assert offer.answer_by_on == dt.date(2026, 12, 11)
    assert "Grade 4 in English" in client.get(url("choice-change-offer", choice)).text
    client.post(url("choice-change-offer", choice), ANSWER_BY)
    assert not again(choice).standing_offer.conditions.exists()
    assert Offer.objects.filter(choice=choice).count() == 2


def test_offering_more_places_than_there_are_warns_and_is_allowed(town, client):
    run = town.run(places=1)
    town.choice("offered", run)
    choice = town.choice("sent", run, learner=town.ben)
    client.force_login(town.admissions)
    assert "All places are taken" in client.get(url("choice-offer", choice)).text
    client.post(url("choice-offer", choice), ANSWER_BY)
    assert again(choice).status == "offered"
    run.refresh_from_db()
    assert (run.places_taken, run.places_left) == (2, 0)


def test_an_interview_is_planned_in_london_time_and_cancelled(town, client):
    choice = town.choice("sent")
    client.force_login(town.admissions)
    when = {"on_day": "1", "on_month": "12", "on_year": "2026", "at": "14:30", "place": "Room 4", "note": ""}
    assert "in the future" in client.post(url("choice-invite", choice), when | {"on_month": "11"}).text
    client.post(url("choice-invite", choice), when)
    assert Interview.objects.get().starts_at == dt.datetime(2026, 12, 1, 14, 30, tzinfo=dt.UTC)
    client.post(url("choice-cancel-interview", choice))
    assert (again(choice).status, Interview.objects.get().state) == ("sent", "cancelled")


@pytest.mark.parametrize(
    ("state", "name", "answers", "after"),
    [
        ("sent", "choice-put-on-reserve", {}, "reserve_list"),
        ("sent", "choice-refuse", {"reason": "full", "words": ""}, "unsuccessful"),
        ("offered", "choice-withdraw-offer", {"words": "It will not run."}, "offer_withdrawn"),
        ("accepted", "choice-confirm", {}, "confirmed"),
        ("confirmed", "choice-enrol", {}, "enrolled"),
        ("confirmed", "choice-no-show", {}, "did_not_start"),
        ("sent", "received-withdraw", {"reason": "changed_mind"}, "withdrawn"),
    ],
)
def test_the_desk_answers(town, client, state, name, answers, after):
    choice = town.choice(state)
    client.force_login(town.admissions)
    assert client.get(url(name, choice)).status_code == 200
    response = client.post(url(name, choice), answers)
    assert response.url == url("received-choice", choice)
    assert again(choice).status == after


def test_the_condition_that_failed_is_named(town, client):
    choice = town.choice("accepted")
    condition = choice.standing_offer.conditions.get()
    client.force_login(town.admissions)
    client.post(url("choice-fail-conditions", choice), {"not_met": [condition.pk]})
    condition.refresh_from_db()
    assert (again(choice).status, condition.state) == ("conditions_not_met", "not_met")


def test_another_course_of_ones_own_is_suggested(town, client):
    choice = town.choice("sent", town.run("Plumbing"))
    own, foreign = town.run("Heating"), town.run("Bricklaying", provider=town.southbank)
    client.force_login(town.admissions)
    page = client.get(url("choice-refer", choice)).text
    assert "Heating" in page
    assert "Bricklaying" not in page
    client.post(url("choice-refer", choice), {"runs": [foreign.pk], "message": ""})
    assert not Referral.objects.exists()
    client.post(url("choice-refer", choice), {"runs": [own.pk], "message": ""})
    assert list(Referral.objects.get().runs.all()) == [own]


def test_a_broken_rule_is_shown_on_the_form(town, client):
    choice = town.choice("sent")
    client.force_login(town.admissions)
    page = client.post(url("choice-offer", choice), ANSWER_BY | {"answer_by_on_day": "20", "answer_by_on_month": "11"})
    assert "Learners have 10 working days to answer" in page.text
    assert page.status_code == 200


def test_two_people_at_one_desk_the_second_is_told(town, client):
    choice = town.choice("sent")
    colleague = town.staff("Mia Chan", town.northfield, "manager")
    client.force_login(town.admissions)
    client.post(url("choice-put-on-reserve", choice))
    client.force_login(colleague)
    assert client.post(url("choice-put-on-reserve", choice)).status_code == 409


def test_who_leaves_the_desk_sees_nothing(town, client):
    choice = town.choice("sent")
    role = town.admissions.staff_roles.get()
    role.ended_on = dt.date(2026, 11, 17)
    role.save()
    client.force_login(town.admissions)
    assert client.get(url("received")).status_code == 404
    assert client.get(url("received-choice", choice)).status_code == 404


# The home school


def test_the_school_endorses_with_a_note(town, client):
    choice = town.choice("with_school", town.run("Plumbing"))
    client.force_login(town.coordinator)
    assert "Plumbing" in client.get(url("endorsements")).text
    assert client.get(url("endorsement", choice)).status_code == 200
    client.post(url("choice-endorse", choice), {"note": "Hard-working."})
    assert again(choice).status == "sent"
    client.force_login(town.admissions)
    assert "Endorsed by the school: Hard-working." in client.get(url("received-choice", choice)).text


def test_the_school_gives_a_choice_back_with_words(town, client):
    choice = town.choice("with_school")
    client.force_login(town.coordinator)
    assert "Say what the learner should change" in client.post(url("choice-give-back", choice), {"note": ""}).text
    client.post(url("choice-give-back", choice), {"note": "Say more."})
    client.force_login(town.amina.user)
    assert "Say more." in client.get(url("choice", choice)).text
    walk_to(choice, "sent") if again(choice).status == "draft" else None


def test_a_school_sees_its_own_learners_only(town, client):
    choice = town.choice("with_school")
    client.force_login(town.other_coordinator)
    assert "Nothing waits for you" in client.get(url("endorsements")).text
    assert client.get(url("endorsement", choice)).status_code == 404


# Lists ask a fixed number of questions


@pytest.mark.parametrize("rows", [1, 5])
def test_home_asks_the_same_number_of_questions_for_one_and_five_choices(town, client, rows, django_assert_num_queries):
    for number in range(rows):
        choice = town.choice("offered", town.run(f"Course {number}"), town.run(f"Extra {number}"))
        if number < 2:
            Choice.objects.filter(pk=choice.pk).update(answer_due_on="2026-11-01")
    client.force_login(town.amina.user)
    with django_assert_num_queries(11):
        assert client.get(url("home")).status_code == 200


@pytest.mark.parametrize("rows", [1, 5])
def test_the_desk_asks_the_same_number_of_questions_for_one_and_five_rows(
    town, client, rows, django_assert_num_queries
):
    for number in range(rows):
        town.choice("sent", town.run(), learner=town.learner(f"L{number}", "Bell", school=town.hollins))
    client.force_login(town.admissions)
    with django_assert_num_queries(11):
        assert len(client.get(url("received")).context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 5])
def test_the_endorsement_queue_asks_the_same_number_of_questions(town, client, rows, django_assert_num_queries):
    for number in range(rows):
        town.choice("with_school", town.run(), learner=town.learner(f"L{number}", "Bell", school=town.hollins))
    client.force_login(town.coordinator)
    with django_assert_num_queries(9):
        assert len(client.get(url("endorsements")).context["choices"]) == rows


def test_outside_offers_are_seen_by_those_who_answer_for_the_learner(town):
    offer = actions.record_outside_offer(
        learner=town.amina, cycle=town.cycle, by=town.adviser, provider_name="Halden Motors"
    )
    seen = {
        name: OutsideOffer.objects.visible_to(user).filter(pk=offer.pk).exists()
        for name, user in {
            "amina": town.amina.user,
            "coordinator": town.coordinator,
            "adviser": town.adviser,
            "ben": town.ben.user,
            "admissions": town.admissions,
        }.items()
    }
    assert seen == {"amina": True, "coordinator": True, "adviser": True, "ben": False, "admissions": False}
