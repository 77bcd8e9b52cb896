"""The pages of plans, as the learner and the adults use them."""

import pytest
from django.urls import reverse

from accounts.models import Receipt
from core import clock
from core.errors import RuleBroken
from ilp import actions
from ilp.actions.plans import MOST_DRAFTS
from ilp.models import Draft, Entry, Remark
from prospectus.actions.keeping import keep_course
from tests.factories import CourseFactory, CourseRunFactory

pytestmark = pytest.mark.django_db
PLAN = "/my-plan/"


@pytest.fixture
def amina(client, people):
    client.force_login(people.amina.user)
    return client


@pytest.fixture
def tutor(client, people):
    client.force_login(people.tutor)
    return client


def words_of(response):
    return response.content.decode()


def form(**answers):
    return {"draft": "ACDEFG3467", "seen": "0"} | answers


def test_a_learner_begins_a_plan_and_writes_in_it(client, people):
    client.force_login(people.ben.user)
    assert "Start my plan" in words_of(client.get(PLAN))
    assert "Nothing is in your plan yet" in words_of(client.post("/my-plan/start/", follow=True))
    answer = client.post("/my-plan/add/skill/", form(title="Juggling", words="At a fair."), follow=True)
    assert answer.redirect_chain == [("/my-plan/#skill", 302)]
    assert "Somebody who helps you will read it." in words_of(answer)
    assert "Juggling" in words_of(answer)


def test_what_is_missing_is_said_at_the_box(amina):
    answer = amina.post("/my-plan/add/skill/", form(title="", words="At a fair."))
    assert answer.status_code == 200
    assert "Give it a short name" in words_of(answer)
    assert "At a fair." in words_of(answer)
    assert not Entry.objects.exists()


def test_a_course_comes_from_the_shortlist_or_from_its_own_page(amina, people):
    assert "Your shortlist is empty" in words_of(amina.get("/my-plan/add/course/"))
    run = CourseRunFactory(course=CourseFactory(title="Plumbing Level 2"))
    keep_course(course=run.course, by=people.amina.user)
    page = amina.get(reverse("prospectus:course", args=[run.course.reference]), follow=True)
    add = reverse("ilp:course-add", args=[run.course.reference])
    assert add in words_of(page)
    assert amina.post("/my-plan/add/course/", {"course": run.course.reference}).url == add
    assert "Plumbing Level 2" in words_of(amina.post(add, form(words="I like pipes."), follow=True))
    assert Entry.objects.get().course == run.course


def test_without_scripts_a_button_keeps_what_is_written(amina):
    typed = form(title="", words="Half a sent", until_on_day="31", until_on_month="x", until_on_year="", later="1")
    answer = amina.post("/my-plan/add/goal/", typed, follow=True)
    assert "You began to write something" in words_of(answer)
    draft = Draft.objects.get()
    page = words_of(amina.get(f"/my-plan/add/goal/?draft={draft.reference}"))
    assert "Half a sent" in page
    assert 'value="31"' in page
    assert 'value="x"' in page
    assert draft.reference in page
    dropped = amina.post(reverse("ilp:draft-drop", args=[draft.reference]), follow=True)
    assert "Thrown away" in words_of(dropped)
    assert not Draft.objects.exists()


def test_a_draft_of_a_change_is_offered_and_opened_again(amina, add):
    entry = add()
    change = reverse("ilp:entry-revise", args=[entry.reference])
    amina.post(change, form(seen="1", title="Mending bikes and", later="1"))
    page = words_of(amina.get(PLAN))
    draft = Draft.objects.get()
    assert "You began to change something" in page
    assert f"{change}?draft={draft.reference}" in page
    assert "Mending bikes and" in words_of(amina.get(f"{change}?draft={draft.reference}"))
    amina.post(change, form(draft=draft.reference, seen="1", title="Mending bikes and cars", words=""))
    assert Entry.objects.get().name == "Mending bikes and cars"
    assert not Draft.objects.exists()


def test_two_devices_both_texts_are_shown_and_the_learner_decides(amina, add, people):
    entry = add()
    change = reverse("ilp:entry-revise", args=[entry.reference])
    actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title="On the phone", words="")
    answer = amina.post(change, form(seen="1", title="On the tablet", words=""))
    assert "You have changed this somewhere else" in words_of(answer)
    assert "What it says on your other device" in words_of(answer)
    assert "On the phone" in words_of(answer)
    assert 'value="On the tablet"' in words_of(answer)
    assert 'name="seen" value="2"' in words_of(answer)
    amina.post(change, form(seen="2", title="On the tablet", words=""))
    assert Entry.objects.get().name == "On the tablet"


def test_the_form_itself_keeps_a_draft_and_is_told_when_it_was_sent(amina):
    save = reverse("ilp:draft-save", args=["skill"])
    answer = amina.post(save, form(title="Jugg", entry="", course=""))
    assert answer.json() == {"words": "Kept at 10:00"}
    amina.post("/my-plan/add/skill/", form(title="Juggling", words=""))
    late = amina.post(save, form(title="Juggl", entry="", course=""))
    assert late.status_code == 409
    assert "saved already" in late.json()["words"]
    assert not Draft.objects.exists()


@pytest.mark.parametrize("reference", ["", "\0", "short", "A" * 40, "ÄÖÜÄÖÜÄÖÜÄ", "ACDEFG346\0"])
def test_a_draft_of_no_form_of_ours_is_not_kept(amina, reference):
    answer = amina.post(reverse("ilp:draft-save", args=["skill"]), {"draft": reference, "title": "x"})
    assert answer.status_code == 409
    assert not Draft.objects.exists()


def test_a_zero_character_and_boxes_of_nobody_are_left_out(amina, tutor, add, people, client):
    entry = add()
    client.force_login(people.amina.user)
    client.post(reverse("ilp:draft-save", args=["skill"]), form(title="Ju\0gg", title_9="y", from_on_day="\0"))
    assert Draft.objects.get().answers == {"title": "Jugg", "from_on_day": ""}
    client.force_login(people.tutor)
    said = {f"entry-{entry.reference}-1": "talk", f"words-{entry.reference}-1": "Why\0?", "entry-\0-1": "validate"}
    client.post("/desk/plans/waiting/", said)
    assert Remark.objects.get().words == "Why?"


def test_who_has_begun_too_much_is_told_and_what_is_typed_stays(amina, people):
    for number in range(MOST_DRAFTS):
        Draft.objects.create(reference=f"ACDEFG{number:04}", plan=people.plan, kind="skill", saved_at=clock.now())
    answer = amina.post(reverse("ilp:draft-save", args=["skill"]), form(title="One more"))
    assert (answer.status_code, "begun 50 things" in answer.json()["words"]) == (409, True)
    page = amina.post(reverse("ilp:entry-add", args=["skill"]), form(title="One more", later="1"))
    assert "begun 50 things" in words_of(page)
    assert 'value="One more"' in words_of(page)
    page = amina.post(reverse("ilp:draft-save", args=["skill"]), form(title="Older", draft="ACDEFG0000"))
    assert page.status_code == 200


def test_a_draft_of_one_entry_does_not_open_in_another(amina, add, people):
    first, second = add(title="First"), add(title="Second")
    amina.post(reverse("ilp:entry-revise", args=[first.reference]), form(seen="1", title="Mine", later="1"))
    page = amina.get(reverse("ilp:entry-revise", args=[second.reference]) + f"?draft={Draft.objects.get().reference}")
    assert 'value="Second"' in words_of(page)


def test_the_learner_reads_what_was_said_first_and_answers(amina, add, people):
    entry = add()
    actions.talk_about_entry(entry=entry, seen=1, by=people.tutor, words="When was it?")
    assert "Somebody would like to talk" in words_of(amina.get(PLAN))
    page = words_of(amina.get(reverse("ilp:entry", args=[entry.reference])))
    assert "When was it?" in page
    assert f"{people.tutor} would like to talk" in page
    reply = reverse("ilp:entry-reply", args=[entry.reference])
    assert "When was it?" in words_of(amina.get(reply))
    assert "Last summer." in words_of(amina.post(reply, {"words": "Last summer."}, follow=True))


def test_what_was_taken_out_is_not_in_the_plan_and_can_be_put_back(amina, add):
    entry = add()
    out = amina.post(reverse("ilp:entry-take-out", args=[entry.reference]), follow=True)
    assert "Mending" not in words_of(out)
    assert "One thing you took out" in words_of(out)
    assert "Mending" in words_of(amina.get("/my-plan/taken-out/"))
    assert "Mending" in words_of(amina.post(reverse("ilp:entry-put-back", args=[entry.reference]), follow=True))


def test_the_history_shows_what_was_changed(tutor, add, people):
    entry = add()
    actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title="Mending scooters", words="")
    page = words_of(tutor.get(reverse("ilp:entry", args=[entry.reference])))
    assert "What was changed" in page
    assert "Mending bicycles" in page


def test_a_tutor_validates_a_page_of_entries_at_once(tutor, add, people):
    first, second, third = add(title="First"), add(title="Second"), add(title="Third")
    page = words_of(tutor.get("/desk/plans/waiting/"))
    assert page.index("First") < page.index("Second") < page.index("Third")
    actions.revise_entry(entry=third, seen=1, by=people.amina.user, title="Third, changed", words="")
    answer = tutor.post(
        "/desk/plans/waiting/?year_group=11",
        {
            f"entry-{first.reference}-1": "validate",
            f"entry-{second.reference}-1": "talk",
            f"words-{second.reference}-1": "Tell me more.",
            f"entry-{third.reference}-1": "validate",
        },
        follow=True,
    )
    assert answer.redirect_chain == [("/desk/plans/waiting/?year_group=11", 302)]
    assert "You have answered 2 entries." in words_of(answer)
    assert "One had been changed or answered since you looked" in words_of(answer)
    assert list(Entry.objects.order_by("pk").values_list("state", flat=True)) == ["validated", "talk", "awaiting"]


@pytest.mark.parametrize("said", [{}, {"entry-NOBODY-1": ""}, {"entry-X-99999": "validate"}, {"entry--": "talk"}])
def test_nothing_said_is_asked_for(tutor, add, said):
    add()
    answer = tutor.post("/desk/plans/waiting/", said)
    assert "Choose what you say of at least one entry." in words_of(answer)


def test_talk_without_words_keeps_what_was_chosen(tutor, add):
    first, second = add(title="First"), add(title="Second")
    said = {f"entry-{first.reference}-1": "talk", f"entry-{second.reference}-1": "validate"}
    answer = tutor.post("/desk/plans/waiting/", said | {f"words-{second.reference}-1": "Lovely."})
    assert "beside each “let’s talk”" in words_of(answer)
    assert words_of(answer).count(" checked") == 2
    assert "Lovely." in words_of(answer)
    assert not Remark.objects.exists()


def test_an_entry_of_somebody_else_is_passed_over(client, add, people):
    entry = add()
    client.force_login(people.other_tutor)
    answer = client.post("/desk/plans/waiting/", {f"entry-{entry.reference}-1": "validate"}, follow=True)
    assert "nothing was said of it" in words_of(answer)
    assert not Remark.objects.exists()


def test_reading_leaves_a_receipt_for_each_learner_and_section(tutor, add, people):
    add()
    add(kind="experience", title="A taster day")
    tutor.get("/desk/plans/waiting/")
    seen = set(Receipt.objects.values_list("learner", "reader", "section", "role__kind", "times"))
    assert seen == {(people.amina.pk, people.tutor.pk, section, "tutor", 1) for section in ("plan", "experiences")}
    tutor.get("/desk/plans/waiting/")
    assert set(Receipt.objects.values_list("times", flat=True)) == {2}


@pytest.mark.parametrize("number", [1, 5])
@pytest.mark.parametrize(
    ("page", "queries"),
    [("/my-plan/", 8), ("/desk/plans/", 7), ("/desk/plans/waiting/", 6), ("desk-plan", 8), ("entry", 11)],
)
def test_a_page_asks_as_much_for_five_as_for_one(client, add, people, page, queries, number, django_assert_num_queries):
    entry = None
    for at in range(number):
        entry = add(title=f"Skill {at}")
        actions.talk_about_entry(entry=entry, seen=1, by=people.tutor, words="Why?")
        add(title=f"Waiting {at}")
    client.force_login(people.amina.user if page in ("/my-plan/", "entry") else people.tutor)
    url = {
        "desk-plan": reverse("ilp:desk-plan", args=[people.amina.reference]),
        "entry": reverse("ilp:entry", args=[entry.reference]),
    }.get(page, page)
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200


def test_a_page_that_was_opened_for_another_plan_is_told_to_open_its_own(client, people, add, publish):
    """On a device of two learners: one's page was open when the other signed in."""
    aminas = add(made_from="ACDEFG3467")
    section = publish([("What helps you?", "long")]).sections.get()
    bens = actions.start_plan(learner=people.ben, by=people.ben.user)
    client.force_login(people.ben.user)
    said = {"title": "Mending", "words": "Bicycles", "draft": aminas.made_from, "seen": "0"}
    page = client.post("/my-plan/add/skill/", said)
    assert "This page was opened for another plan." in page.content.decode()
    assert "Bicycles" in page.content.decode()
    question = section.questions.get()
    with pytest.raises(RuleBroken) as refusal:
        actions.answer_section(
            plan=bens, section=section, given={question.key: "Time"}, seen=0, made_from=aminas.made_from,
            by=people.ben.user,
        )  # fmt: skip
    assert refusal.value.code == "form_of_another"
    assert not bens.entries.exists()


def test_a_line_end_is_one_character_on_its_way_to_the_plan(client, people):
    words = "\r\n".join(["a"] * 2000)  # 3,999 as the page counts them
    client.force_login(people.amina.user)
    url = reverse("ilp:entry-add", args=["skill"])
    first = client.get(url).context["form"]
    said = {"title": "Lines", "words": words, "draft": first["draft"].value(), "seen": "0"}
    client.post(reverse("ilp:draft-save", args=["skill"]), said)
    assert Draft.objects.get().answers["words"] == "\n".join(["a"] * 2000)
    assert client.post(url, said).status_code == 302
    assert Entry.objects.get().revision.words == "\n".join(["a"] * 2000)
