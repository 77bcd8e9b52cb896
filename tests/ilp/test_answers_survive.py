"""No sequence of edits, publishing, moves to other schools and answers loses or changes an answer."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import RollEntry
from ilp import actions
from ilp.models import IN_WORDS, Answer, QuestionKind, TemplateVersion
from ilp.queries import answers_of, asked_of, earlier_answers, entry_of, fits
from tests.factories import RollEntryFactory, SchoolFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db
KINDS = list(QuestionKind)
OWNERS = ("area", "first", "second")
VALUES = {
    "short": lambda n: f"Words {n}",
    "long": lambda n: f"A longer text,\nnumber {n}",
    "one": lambda n: f"Option {n % 2}",
    "several": lambda n: ["Option 0", "Option 1"][: 1 + n % 2],
    "yes_no": lambda n: ("yes", "no")[n % 2],
    "date": lambda n: dt.date(2026, 1 + n % 12, 1).isoformat(),
    "number": lambda n: n,
    "scale": lambda n: 1 + n % 5,
}
numbers = st.integers(0, 30)
owners = st.sampled_from(OWNERS)
edits = st.tuples(
    st.sampled_from(["add_section", "add", "take_out", "take_out_section", "change", "move", "move_section", "years"]),
    owners,
    numbers,
)
steps = st.one_of(
    edits,
    edits,
    st.tuples(st.just("publish"), owners, numbers),
    st.tuples(st.just("move_school"), owners, numbers),
    st.tuples(st.just("answer"), owners, numbers),
    st.tuples(st.just("take_entry_out"), owners, numbers),
)
START = [
    ("add_section", "area", 0),
    ("add", "area", 0),
    ("add", "area", 1),
    ("publish", "area", 0),
    ("answer", "area", 3),
]


class Town:
    """One learner, an area and two schools that build templates; what was answered is written down beside it."""

    def __init__(self, people, desk):
        self.people, self.area = people, people.amina.area
        self.schools = {"area": None, "first": people.school, "second": SchoolFactory(area=self.area)}
        self.builders = {"area": desk, "first": people.coordinator}
        self.builders["second"] = StaffRoleFactory(organisation=self.schools["second"], kind="coordinator").user
        self.said: list[tuple[str, str, str]] = []  # key, as asked, in words; in the order it was said

    def draft(self, owner):
        return actions.start_template(
            kind="section", area=self.area, school=self.schools[owner], by=self.builders[owner]
        )

    def do(self, what, owner, n):
        if what == "move_school":
            RollEntry.objects.filter(learner=self.people.amina, ended_on=None).update(ended_on=dt.date(2026, 11, 18))
            school = self.schools[owner] or SchoolFactory(area=self.area)
            RollEntryFactory(learner=self.people.amina, school=school, year_group=11, started_on=dt.date(2026, 11, 18))
        elif what == "answer":
            self.answer(n)
        elif what == "take_entry_out":
            self.take_entry_out(n)
        else:
            self.edit(what, self.draft(owner), self.builders[owner], n)

    def answer(self, n):
        asked = asked_of(self.people.amina)
        if not asked:
            return
        one = asked[n % len(asked)]
        entry = entry_of(self.people.plan, one.section.key)
        known = answers_of(self.people.plan, besides=entry)
        given = {}
        for at, question in enumerate(one.questions):
            answer = known.get(question.key)
            if (n + at) % 3 == 0:  # left as the box showed it
                is_shown = answer is not None and fits(question, answer)
                shown = (answer.text if question.kind in IN_WORDS else answer.value) if is_shown else ""
                given[question.key] = shown
            else:
                given[question.key] = VALUES[question.kind](n + at)
                text = question.in_words(given[question.key])
                if answer is None or answer.text != text:
                    self.said.append((question.key, question.asked, text))
        actions.answer_section(
            plan=self.people.plan,
            section=one.section,
            given=given,
            seen=entry.revision.number if entry else 0,
            by=self.people.amina.user,
        )

    def take_entry_out(self, n):
        asked = asked_of(self.people.amina)
        entry = entry_of(self.people.plan, asked[n % len(asked)].section.key) if asked else None
        if entry is not None and entry.state != "taken_out":
            actions.take_out_entry(entry=entry, by=self.people.amina.user)
            actions.put_back_entry(entry=entry, by=self.people.amina.user)

    def edit(self, what, draft, by, n):
        sections = list(draft.sections.all())
        section = sections[n % len(sections)] if sections else None
        questions = list(section.questions.all()) if section else []
        question = questions[n % len(questions)] if questions else None
        said = {"asked": f"Question {n}?", "kind": KINDS[n % len(KINDS)], "options": ["Option 0", "Option 1"]}
        if what == "add_section":
            section = actions.add_section(version=draft, title=f"Section {n}", by=by)
            actions.add_question(section=section, by=by, **said)
        elif what == "publish" and sections and all(one.questions.exists() for one in sections):
            actions.publish_version(version=draft, by=by)
        elif what == "add" and section:
            actions.add_question(section=section, by=by, **said)
        elif what == "take_out_section" and section:
            actions.take_out_section(section=section, by=by)
        elif what == "move_section" and section:
            actions.move_section(section=section, is_up=bool(n % 2), by=by)
        elif what == "take_out" and question:
            actions.take_out_question(question=question, by=by)
        elif what == "change" and question:
            actions.change_question(question=question, by=by, **said)
        elif what == "move" and question:
            actions.move_question(question=question, is_up=bool(n % 2), by=by)
        elif what == "years" and section:
            actions.change_section(section=section, title=section.title, year_groups=[10 + n % 2], by=by)

    def check(self):
        """Every answer is there as it was said, under the words it was asked with, and the learner finds the newest."""
        rows = Answer.objects.order_by("pk").values_list("key", "question__asked", "text")
        assert [row for row in rows if row[2]] == self.said
        asked, answers = asked_of(self.people.amina), answers_of(self.people.plan)
        keys = [question.key for one in asked for question in one.questions if question.key in answers]
        shown = {key: answers[key].text for key in keys}
        shown |= {answer.key: answer.text for answer in earlier_answers(asked, answers)}
        assert shown == {key: text for key, _asked, text in self.said}


@given(todo=st.lists(steps, min_size=4, max_size=12))
@example(todo=[("take_out", "area", 0), ("publish", "area", 0), ("answer", "area", 4)])
@example(todo=[("change", "area", 3), ("publish", "area", 0), ("answer", "area", 1), ("answer", "area", 2)])
@example(todo=[("add", "second", 2), ("publish", "second", 0), ("move_school", "second", 0), ("answer", "area", 7)])
@example(todo=[("add_section", "area", 5), ("move", "area", 1), ("publish", "area", 0), ("answer", "area", 4)])
@example(todo=[("change", "area", 4), ("publish", "area", 0), ("answer", "area", 2)])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_answer_is_lost_or_changed(people, desk, todo):
    with transaction.atomic():
        town = Town(people, desk)
        for step in [*START, *todo]:
            town.do(*step)
            if step[0] in ("publish", "answer", "move_school"):
                town.check()
        town.check()
        assert TemplateVersion.objects.exists()
        transaction.set_rollback(True)
