"""An area or a school builds what it asks, in the browser, in versions; learners answer it."""

import pytest
from django.urls import reverse

from activity.models import Event
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp import actions
from ilp.models import Answer, Draft, Entry, Question, Section, Template, TemplateVersion
from ilp.policies import VERSION_POLICY
from ilp.queries import answers_of, asked_of, changes_of, versions_for
from ilp.workflow import VERSION_FLOW
from tests.factories import AreaFactory, OrganisationFactory, RollEntryFactory, StaffRoleFactory
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db
HELP = ("What helps you?", "long")
SCALE = ("How sure are you?", "scale")
PICK = ("Where do you work best?", "one", "At home", "At school")


def words_of(response):
    return response.content.decode()


@pytest.fixture
def amina(client, people):
    client.force_login(people.amina.user)
    return client


def only(version):
    return version.sections.get()


# Building


def test_the_policy_has_a_rule_for_every_move():
    assert set(VERSION_POLICY.rules) == set(VERSION_FLOW.moves)


def test_a_draft_is_published_never_changes_again_and_the_next_one_begins_as_it_is(people, desk, publish):
    first = publish([HELP, SCALE])
    section = only(first)
    for change in (
        lambda: actions.add_section(version=first, title="More", by=desk),
        lambda: actions.change_section(section=section, title="Other", by=desk),
        lambda: actions.move_section(section=section, is_up=True, by=desk),
        lambda: actions.take_out_section(section=section, by=desk),
        lambda: actions.add_question(section=section, asked="?", kind="short", by=desk),
        lambda: actions.change_question(question=section.questions.first(), asked="?", kind="short", by=desk),
        lambda: actions.move_question(question=section.questions.first(), is_up=False, by=desk),
        lambda: actions.take_out_question(question=section.questions.first(), by=desk),
        lambda: actions.publish_version(version=first, by=desk),
        lambda: actions.drop_version(version=first, by=desk),
    ):
        with pytest.raises(StaleState):
            change()
    second = actions.begin_version(template=first.template, by=desk)
    assert second == actions.begin_version(template=first.template, by=desk)
    assert (second.number, second.state) == (2, "draft")
    same = ["key", "asked", "kind", "number"]
    assert list(Question.objects.filter(section__version=second).values_list(*same)) == list(
        Question.objects.filter(section__version=first).values_list(*same)
    )
    actions.publish_version(version=second, by=desk)
    assert list(TemplateVersion.objects.order_by("number").values_list("state", flat=True)) == ["replaced", "published"]
    assert Event.objects.filter(verb="plan_template.publish").count() == 2


def test_a_school_begins_from_its_areas_and_uses_its_own_when_published(people, desk, publish):
    areas = publish([HELP])
    draft = actions.start_template(kind="section", area=people.amina.area, school=people.school, by=people.coordinator)
    assert only(draft).key == only(areas).key
    assert versions_for(people.amina) == {"section": areas}
    actions.publish_version(version=draft, by=people.coordinator)
    assert versions_for(people.amina) == {"section": TemplateVersion.objects.get(pk=draft.pk)}
    assert versions_for(people.ben) == {"section": areas}


def test_a_draft_thrown_away_changes_nothing_for_learners(people, desk, publish):
    first = publish([HELP])
    draft = actions.begin_version(template=first.template, by=desk)
    assert actions.drop_version(version=draft, by=desk).state == "dropped"
    assert versions_for(people.amina) == {"section": first}
    assert actions.begin_version(template=first.template, by=desk).number == 3


def test_nobody_else_builds(people, desk, publish):
    areas = publish([HELP])
    elsewhere = StaffRoleFactory(
        organisation=OrganisationFactory(kind="authority", area=AreaFactory(slug="else", name="Else")), kind="help_desk"
    ).user
    for who in (people.coordinator, people.tutor, people.adviser, people.amina.user, elsewhere):
        with pytest.raises(NotAllowed):
            actions.begin_version(template=areas.template, by=who)
    with pytest.raises(NotAllowed):
        actions.start_template(kind="section", area=people.amina.area, school=people.school, by=people.other_tutor)
    draft = actions.begin_version(template=areas.template, by=desk)
    with pytest.raises(NotAllowed):
        actions.add_section(version=draft, title="Mine", by=people.coordinator)
    assert not TemplateVersion.objects.visible_to(people.coordinator).filter(pk=draft.pk).exists()
    assert TemplateVersion.objects.visible_to(people.coordinator).filter(pk=areas.pk).exists()
    assert not Template.objects.visible_to(elsewhere).exists()


def test_what_cannot_be_asked_is_refused_with_a_sentence(people, desk, monkeypatch):
    draft = actions.start_template(kind="section", area=people.amina.area, by=desk)

    def refused(act):
        with pytest.raises(RuleBroken) as refusal:
            act()
        return refusal.value.code

    assert refused(lambda: actions.publish_version(version=draft, by=desk)) == "nothing_asked"
    assert refused(lambda: actions.add_section(version=draft, title=" ", by=desk)) == "title_missing"
    assert refused(lambda: actions.add_section(version=draft, title="A", year_groups=[6], by=desk)) == "no_such_year"
    section = actions.add_section(version=draft, title="A", by=desk)
    assert refused(lambda: actions.publish_version(version=draft, by=desk)) == "nothing_asked"

    def add(**said):
        return actions.add_question(section=section, by=desk, **({"asked": "A?", "kind": "short"} | said))

    assert refused(lambda: add(asked=" ")) == "question_missing"
    assert refused(lambda: add(kind="one", options=["A", " A ", ""])) == "options_missing"
    assert refused(lambda: add(kind="one", options=[str(at) for at in range(13)])) == "too_many_options"
    monkeypatch.setattr("ilp.actions.templates.MOST_QUESTIONS", 1)
    monkeypatch.setattr("ilp.actions.templates.MOST_SECTIONS", 1)
    add()
    assert refused(add) == "too_many_questions"
    assert refused(lambda: actions.add_section(version=draft, title="B", by=desk)) == "too_many_sections"


def test_up_and_down_with_buttons_and_past_the_end_into_the_next_section(people, desk, client):
    draft = actions.start_template(kind="section", area=people.amina.area, by=desk)
    first, second = (actions.add_section(version=draft, title=title, by=desk) for title in ("A", "B"))
    one, two = (actions.add_question(section=first, asked=asked, kind="short", by=desk) for asked in ("1?", "2?"))
    client.force_login(desk)

    def order():
        found = Question.objects.filter(section__version=draft).order_by("section__number", "number")
        return [f"{question.section.title} {question.asked}" for question in found.select_related("section")]

    client.post(reverse("ilp:question-move", args=[two.reference, "up"]))
    assert order() == ["A 2?", "A 1?"]
    client.post(reverse("ilp:question-move", args=[one.reference, "down"]))
    assert order() == ["A 2?", "B 1?"]
    client.post(reverse("ilp:question-move", args=[one.reference, "down"]))
    assert order() == ["A 2?", "B 1?"]
    client.post(reverse("ilp:section-move", args=[second.reference, "up"]))
    assert order() == ["B 1?", "A 2?"]
    actions.take_out_section(section=Section.objects.get(pk=second.pk), by=desk)
    assert order() == ["A 2?"]
    assert Section.objects.get(pk=first.pk).number == 1


def test_a_button_pressed_twice_meets_what_is_there_now(people, desk):
    draft = actions.start_template(kind="section", area=people.amina.area, by=desk)
    first, second = (actions.add_section(version=draft, title=title, by=desk) for title in ("A", "B"))
    one = actions.add_question(section=first, asked="1?", kind="short", by=desk)
    on_screen = Question.objects.for_list().get(pk=one.pk)
    actions.move_question(question=one, is_up=False, by=desk)
    actions.move_question(question=on_screen, is_up=False, by=desk)
    assert Question.objects.get(pk=one.pk).section == second
    on_screen = Question.objects.for_list().get(pk=one.pk)
    actions.take_out_section(section=Section.objects.get(pk=second.pk), by=desk)
    for change in (
        lambda: actions.move_section(section=second, is_up=True, by=desk),
        lambda: actions.change_section(section=second, title="C", by=desk),
        lambda: actions.add_question(section=second, asked="2?", kind="short", by=desk),
        lambda: actions.change_question(question=on_screen, asked="2?", kind="short", by=desk),
        lambda: actions.move_question(question=on_screen, is_up=True, by=desk),
    ):
        with pytest.raises(StaleState):
            change()
    actions.take_out_question(question=on_screen, by=desk)
    assert list(draft.sections.values_list("title", flat=True)) == ["A"]


def test_the_help_desk_builds_previews_and_publishes_in_the_browser(people, desk, client, answer):
    client.force_login(desk)
    page = words_of(client.get("/desk/plan-templates/"))
    assert "No template yet" in page
    office = desk.staff_roles.get().organisation
    start = reverse("ilp:template-start", args=[office.reference, "section"])
    assert start in page
    template = client.post(start, follow=True)
    draft = TemplateVersion.objects.get()
    assert "Learners see nothing of it" in words_of(template)
    section = {"title": "What helps me", "help_text": "Think of a good day.", "icon": "star", "year_groups": ["11"]}
    client.post(reverse("ilp:section-add", args=[draft.reference]), section)
    add = reverse("ilp:question-add", args=[only(draft).reference])
    assert "Give at least two answers" in words_of(client.post(add, {"asked": PICK[0], "kind": "one", "options": "x"}))
    client.post(add, {"asked": PICK[0], "kind": "one", "options": "At home\r\nAt school", "is_required": "on"})
    question = Question.objects.get()
    assert (question.options, question.is_required) == (["At home", "At school"], True)
    change = reverse("ilp:question-change", args=[question.reference])
    assert "At school</textarea>" in words_of(client.get(change))
    preview = reverse("ilp:template-preview", args=[draft.reference])
    assert PICK[0] in words_of(client.get(preview))
    assert PICK[0] not in words_of(client.get(preview + "?year=10"))
    assert asked_of(people.amina) == []
    publish = reverse("ilp:version-publish", args=[draft.reference])
    assert "is new." in words_of(client.get(publish))
    assert "Learners are asked this from now on" in words_of(client.post(publish, follow=True))
    answer(only(draft), **{PICK[0]: "At home"})
    second = actions.begin_version(template=draft.template, by=desk)
    taken = Question.objects.get(section__version=second)
    client.post(reverse("ilp:question-take-out", args=[taken.reference]))
    publish = words_of(client.get(reverse("ilp:version-publish", args=[second.reference])))
    assert "One learner has answered “Where do you work best?”, which you are taking out." in publish


def test_what_a_draft_changes_is_counted_for_whom_it_reaches(people, desk, publish, answer):
    first = publish([HELP, SCALE, PICK])
    answer(only(first), **{HELP[0]: "Quiet", SCALE[0]: 3, PICK[0]: "At home"})
    draft = actions.begin_version(template=first.template, by=desk)
    questions = {question.asked: question for question in only(draft).questions.all()}
    actions.take_out_question(question=questions[HELP[0]], by=desk)
    actions.change_question(question=questions[SCALE[0]], asked=SCALE[0], kind="short", by=desk)
    actions.change_question(question=questions[PICK[0]], asked="Where?", kind="one", options=PICK[2:], by=desk)
    actions.add_question(section=only(draft), asked="New?", kind="short", by=desk)
    assert {(one.what, one.learners) for one in changes_of(draft)} == {
        ("taken_out", 1),
        ("other_kind", 1),
        ("reworded", 1),
        ("added", 0),
    }
    own = actions.start_template(kind="section", area=people.amina.area, school=people.school, by=people.coordinator)
    actions.publish_version(version=own, by=people.coordinator)
    assert {one.learners for one in changes_of(draft)} == {0}  # Amina is asked by her school now


@pytest.mark.parametrize("number", [1, 5])
def test_lists_ask_as_much_for_five_as_for_one(people, desk, client, number, django_assert_num_queries):
    draft = actions.start_template(kind="section", area=people.amina.area, by=desk)
    for at in range(number):
        section = actions.add_section(version=draft, title=f"S{at}", by=desk)
        for _again in range(number):
            actions.add_question(section=section, asked="A?", kind="short", by=desk)
        school = RollEntryFactory().school
        actions.start_template(kind="section", area=people.amina.area, school=school, by=desk)
    client.force_login(desk)
    for url, queries in (("/desk/plan-templates/", 9), (reverse("ilp:template", args=[draft.template.reference]), 8)):
        client.get(url)
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200


# Answering


def test_a_section_waits_to_be_read_and_says_what_was_asked_and_answered(people, publish, answer):
    section = only(publish([HELP, SCALE, ("When?", "date"), ("Which?", "several", "A", "B"), ("Any?", "yes_no")]))
    said = {HELP[0]: "A quiet room", SCALE[0]: 4, "When?": "2026-12-01", "Which?": ["B", "A"], "Any?": "no"}
    entry = answer(section, **said)
    assert (entry.kind, entry.state, entry.name, entry.revision.number) == ("section", "awaiting", "Section 1", 1)
    assert entry.revision.words == (
        "What helps you?\nA quiet room\n\nHow sure are you?\n4 out of 5\n\nWhen?\n1 December 2026\n\nWhich?\nB; A"
        "\n\nAny?\nNo"
    )
    assert Event.objects.get(verb="entry.add").facts == {"kind": "section"}
    actions.validate_entry(entry=entry, seen=1, by=people.tutor)
    again = answer(section, seen=1, **said)
    assert (again.state, again.revision.number) == ("validated", 1)
    again = answer(section, seen=1, **{HELP[0]: "Time", SCALE[0]: 4, "Which?": ["A"], "Any?": "no"})
    assert (again.state, again.revision.number) == ("awaiting", 2)
    assert again.revision.words == "What helps you?\nTime\n\nHow sure are you?\n4 out of 5\n\nWhich?\nA\n\nAny?\nNo"
    assert Answer.objects.count() == 8  # what did not change is not said again


def test_two_devices_answer_and_the_second_is_told(people, publish, answer):
    section = only(publish([HELP]))
    answer(section, **{HELP[0]: "On the phone"})
    with pytest.raises(RuleBroken) as refusal:
        answer(section, **{HELP[0]: "On the tablet"})
    assert refusal.value.code == "changed_meanwhile"
    assert answer(section, seen=1, **{HELP[0]: "On the tablet"}).revision.words.endswith("On the tablet")


@pytest.mark.parametrize(
    ("question", "value", "code"),
    [
        (("A?", "one", "A", "B"), "C", "answer_unsound"),
        (("A?", "several", "A", "B"), ["A", "A"], "answer_unsound"),
        (("A?", "date"), "31 February", "answer_unsound"),
        (("A?", "scale"), 6, "answer_unsound"),
        (("A?", "number"), -1, "answer_unsound"),
        (("A?", "short"), "x" * 201, "answer_unsound"),
        (("A?", "yes_no"), "maybe", "answer_unsound"),
    ],
)
def test_an_answer_of_another_kind_is_refused_and_nothing_is_kept(people, publish, answer, question, value, code):
    section = only(publish([question]))
    with pytest.raises(RuleBroken) as refusal:
        answer(section, **{"A?": value})
    assert refusal.value.code == code
    assert not Entry.objects.exists()


def test_nobody_else_answers_and_nobody_is_asked_by_anothers_school(people, desk, publish, answer):
    section = only(publish([HELP]))
    for who in (people.tutor, people.coordinator, people.ben.user, desk):
        with pytest.raises(NotAllowed):
            actions.answer_section(plan=people.plan, section=section, given={}, seen=0, by=who)
    bens = people.ben.roll_entries.get().school
    own = publish([SCALE], school=bens).sections.last()
    with pytest.raises(NotAllowed):
        answer(own, **{SCALE[0]: 1})
    draft = actions.begin_version(template=section.version.template, by=desk)
    with pytest.raises(NotAllowed):
        answer(only(draft), **{HELP[0]: "x"})


def test_a_form_opened_before_a_new_version_is_answered_as_it_stood(amina, people, desk, publish):
    section = only(publish([HELP]))
    url = reverse("ilp:section-answer", args=[section.key])
    assert "What helps you?" in words_of(amina.get(url))
    draft = actions.begin_version(template=section.version.template, by=desk)
    actions.take_out_question(question=only(draft).questions.get(), by=desk)
    actions.add_question(section=only(draft), asked="Who helps you?", kind="short", by=desk)
    actions.publish_version(version=draft, by=desk)
    key = section.questions.get().key
    typed = {"draft": "ACDEFG3467", "seen": "0", "asked_in": section.reference, f"q-{key}": "A quiet room"}
    page = words_of(amina.post(url, typed, follow=True))
    assert "Earlier answers" in page
    assert "A quiet room" in page
    assert "Who helps you?" in words_of(amina.get(url))


def test_the_plan_lists_sections_with_how_far_they_are(amina, people, publish, answer, django_assert_num_queries):
    version = publish([HELP, SCALE], [PICK])
    first = version.sections.first()
    page = words_of(amina.get("/my-plan/"))
    assert "0 of 2 parts answered" in page
    assert "Not started" in page
    answer(first, **{HELP[0]: "Time"})
    with django_assert_num_queries(10):
        page = words_of(amina.get("/my-plan/"))
    assert "1 of 2 parts answered" in page
    assert "1 of 2 questions" in page
    page = words_of(amina.get(reverse("ilp:section-answer", args=[first.key])))
    assert "part 1 of 2" in page
    assert "Next part: Section 2" in page
    assert "\nTime</textarea>" in page
    entry = Entry.objects.get()
    assert amina.get(reverse("ilp:entry-revise", args=[entry.reference])).url == f"/my-plan/sections/{first.key}/"
    assert "How it came about" in words_of(amina.get(reverse("ilp:entry", args=[entry.reference])))
    assert amina.get("/my-plan/add/section/").status_code == 404
    assert amina.post("/my-plan/drafts/section/save/", {"draft": "ACDEFG3467"}).status_code == 404
    assert amina.get("/my-plan/sections/NOSUCHKEY3/").status_code == 404


def test_what_is_half_written_is_kept_and_offered_again(amina, people, publish):
    section = only(publish([HELP, ("When?", "date"), ("Which?", "several", "A", "B")]))
    keys = {question.asked: f"q-{question.key}" for question in section.questions.all()}
    url = reverse("ilp:section-answer", args=[section.key])
    typed = {"draft": "ACDEFG3467", "seen": "0", "asked_in": section.reference, keys[HELP[0]]: "Half a sent"}
    typed |= {f"{keys['When?']}_day": "31", f"{keys['When?']}_month": "x", keys["Which?"]: ["B"]}
    assert amina.post(reverse("ilp:section-keep", args=[section.key]), typed).status_code == 200
    page = words_of(amina.get("/my-plan/"))
    assert f"{url}?draft=ACDEFG3467" in page
    page = words_of(amina.get(f"{url}?draft=ACDEFG3467"))
    assert "Half a sent" in page
    assert 'value="31"' in page
    assert 'value="x"' in page
    assert 'value="B" id' in page or "checked" in page
    amina.post(url, typed | {"later": "1"})
    assert Draft.objects.count() == 1
    amina.post(url, typed | {f"{keys['When?']}_month": "1", f"{keys['When?']}_year": "2027"})
    assert not Draft.objects.exists()
    assert answers_of(people.plan)[section.questions.get(asked="When?").key].value == "2027-01-31"
    late = amina.post(reverse("ilp:section-keep", args=[section.key]), typed)
    assert late.status_code == 409


def test_a_question_asked_in_another_way_keeps_what_was_said_before_beside_it(amina, people, desk, publish, answer):
    section = only(publish([("Where?", "short")]))
    answer(section, **{"Where?": "In the library"})
    draft = actions.begin_version(template=section.version.template, by=desk)
    question = only(draft).questions.get()
    said = {"asked": "Where?", "kind": "one", "options": ["Home", "School"], "is_required": True}
    actions.change_question(question=question, by=desk, **said)
    actions.publish_version(version=draft, by=desk)
    page = words_of(amina.get(reverse("ilp:section-answer", args=[section.key])))
    assert "Before, you answered: In the library" in page
    assert answer(only(draft), seen=1, **{"Where?": ""}).revision.number == 1
    assert answer(only(draft), seen=1, **{"Where?": "Home"}).revision.words == "Where?\nHome"
    assert list(Answer.objects.values_list("question__asked", "text")) == [
        ("Where?", "In the library"),
        ("Where?", "Home"),
    ]


def test_what_people_write_is_never_markup(amina, people, desk, answer):
    draft = actions.start_template(kind="section", area=people.amina.area, by=desk)
    section = actions.add_section(version=draft, title="<q>A", help_text="<q>B", by=desk)
    said = {"asked": "<q>C", "help_text": "<q>D", "by": desk}
    actions.add_question(section=section, kind="short", **said)
    actions.publish_version(version=draft, by=desk)
    answer(section, **{"<q>C": "<q>E"})
    draft = actions.begin_version(template=draft.template, by=desk)
    actions.change_question(question=only(draft).questions.get(), kind="scale", **said)
    actions.publish_version(version=draft, by=desk)
    page = words_of(amina.get(reverse("ilp:section-answer", args=[section.key])))
    assert "<q>" not in page
    assert [f"&lt;q&gt;{letter}" in page for letter in "ABCDE"] == [True] * 5


def test_taken_out_and_answered_again_it_is_back_with_all_it_said(people, publish, answer):
    section = only(publish([HELP, SCALE]))
    entry = answer(section, **{HELP[0]: "Time", SCALE[0]: 2})
    actions.take_out_entry(entry=entry, by=people.amina.user)
    assert answers_of(people.plan) == {}
    again = answer(section, seen=1, **{HELP[0]: "Time", SCALE[0]: 3})
    assert (again.pk, again.state) == (entry.pk, "awaiting")
    assert again.revision.words == "What helps you?\nTime\n\nHow sure are you?\n3 out of 5"
    with pytest.raises(RuleBroken) as refusal:
        actions.add_entry(plan=people.plan, kind="section", title="x", by=people.amina.user)
    assert refusal.value.code == "section_not_written_so"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_publish_and_one_is_told(self, people, desk):
        draft = actions.start_template(kind="section", area=people.amina.area, by=desk)
        section = actions.add_section(version=draft, title="A", by=desk)
        actions.add_question(section=section, asked="A?", kind="short", by=desk)
        results = at_once(*[lambda: actions.publish_version(version=draft, by=desk)] * 2)
        assert sorted(type(result).__name__ for result in results) == ["StaleState", "TemplateVersion"]
        assert TemplateVersion.objects.published().count() == 1

    def test_the_same_section_sent_twice_at_once_is_one_entry(self, people, publish, answer):
        section = only(publish([HELP]))
        results = at_once(*[lambda: answer(section, made_from="ACDEFG3467", **{HELP[0]: "Time"})] * 2)
        assert results[0] == results[1]
        assert (Entry.objects.count(), Answer.objects.count()) == (1, 1)

    def test_without_the_learners_lock_the_second_would_fail(self, people, publish, answer, monkeypatch):
        section = only(publish([HELP]))
        monkeypatch.setattr("ilp.actions.plans.lock_learner", lambda _key: people.amina)
        meet = meeting()
        monkeypatch.setattr("ilp.actions.answers._require_sound", lambda *_rest: meet())
        results = at_once(*[lambda: answer(section, made_from="ACDEFG3467", **{HELP[0]: "Time"})] * 2)
        assert "IntegrityError" in {type(result).__name__ for result in results}
