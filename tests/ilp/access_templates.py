"""Who gets what from the addresses of templates: what a school asks, and what its learners answer."""

from typing import Any

from accounts.actions import change_supporter
from ilp import actions
from ilp.models import Question, Section, SectionAsk, TemplateVersion

NOBODY = {
    "anonymous": 302,
    "learner": 404,
    "other_learner": 404,
    "coordinator": 404,
    "other_coordinator": 404,
    "adviser": 404,
    "admissions": 404,
    "other_admissions": 404,
    "editor": 404,
    "officer": 404,
}
BUILDER = NOBODY | {"coordinator": 200}
BUILDER_MOVES = NOBODY | {"coordinator": 302}
# Whoever has no plan yet is shown how to begin one.
OWN_SECTION = NOBODY | {"learner": 200, "other_learner": 302, "registered": 302}

ACCESS = {
    "ilp:templates": BUILDER | {"other_coordinator": 200},
    "ilp:template-start": BUILDER_MOVES,
    "ilp:template": BUILDER,
    "ilp:version-begin": BUILDER_MOVES,
    "ilp:template-preview": BUILDER,
    "ilp:version-publish": BUILDER,
    "ilp:version-drop": BUILDER,
    "ilp:section-add": BUILDER,
    "ilp:section-change": BUILDER,
    "ilp:section-move": BUILDER_MOVES,
    "ilp:section-take-out": BUILDER,
    "ilp:question-add": BUILDER,
    "ilp:question-change": BUILDER,
    "ilp:question-move": BUILDER_MOVES,
    "ilp:question-take-out": BUILDER,
    "ilp:section-answer": OWN_SECTION,
    "ilp:section-keep": NOBODY | {"learner": 409},
    "ilp:section-ask": OWN_SECTION,
    "ilp:easy-read": OWN_SECTION,
    # What the parent is asked to write; Amina sees that she asked.
    "ilp:ask-end": NOBODY | {"learner": 200, "parent": 403, "ended_parent": 404},
    "ilp:contribution-write": NOBODY | {"learner": 403, "parent": 200, "ended_parent": 404},
}
POSTED = {"ilp:template-start", "ilp:version-begin", "ilp:section-move", "ilp:question-move", "ilp:section-keep"}


def version_of(world: Any) -> TemplateVersion:
    """A draft of the school's with a section and a question."""
    by = world.people["coordinator"]
    version = actions.start_template(kind="section", area=world.area, school=world.hollins, by=by)
    if not version.sections.exists():
        section = actions.add_section(version=version, title="What helps me", by=by)
        actions.add_question(section=section, asked="What helps you?", kind="long", by=by)
    return version


def section_of(world: Any) -> Section:
    return Section.objects.get(version=version_of(world))


def question_of(world: Any) -> Question:
    return Question.objects.get(section=section_of(world))


def asked_of(world: Any) -> Section:
    """The same, put to Amina, who has a plan."""
    actions.start_plan(learner=world.amina, by=world.amina.user)
    version = actions.publish_version(version=version_of(world), by=world.people["coordinator"])
    return Section.objects.get(version=version)


def ask_of(world: Any) -> SectionAsk:
    """Amina's mother may see the plan and is asked to write in the section."""
    section = asked_of(world)
    supporter = change_supporter(
        supporter=world.supporter, sections=["plan"], until_on=world.supporter.until_on, by=world.amina.user
    )
    plan = actions.start_plan(learner=world.amina, by=world.amina.user)
    return actions.ask_supporter(plan=plan, section=section, supporter=supporter, by=world.amina.user)


ARGS = {
    "ilp:template-start": lambda world: [world.hollins.reference, "section"],
    "ilp:template": lambda world: [version_of(world).template.reference],
    "ilp:version-begin": lambda world: [version_of(world).template.reference],
    "ilp:template-preview": lambda world: [version_of(world).reference],
    "ilp:version-publish": lambda world: [version_of(world).reference],
    "ilp:version-drop": lambda world: [version_of(world).reference],
    "ilp:section-add": lambda world: [version_of(world).reference],
    "ilp:section-change": lambda world: [section_of(world).reference],
    "ilp:section-move": lambda world: [section_of(world).reference, "up"],
    "ilp:section-take-out": lambda world: [section_of(world).reference],
    "ilp:question-add": lambda world: [section_of(world).reference],
    "ilp:question-change": lambda world: [question_of(world).reference],
    "ilp:question-move": lambda world: [question_of(world).reference, "down"],
    "ilp:question-take-out": lambda world: [question_of(world).reference],
    "ilp:section-answer": lambda world: [asked_of(world).key],
    "ilp:section-keep": lambda world: [asked_of(world).key],
    "ilp:section-ask": lambda world: [asked_of(world).key],
    "ilp:easy-read": lambda world: [asked_of(world).key][:0],
    "ilp:ask-end": lambda world: [ask_of(world).reference],
    "ilp:contribution-write": lambda world: [ask_of(world).reference],
}
