"""An area or a school builds what it asks its learners. The template is the lock; only a draft can be changed."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from ilp.models import (
    WITH_OPTIONS,
    Question,
    QuestionKind,
    Section,
    SectionIcon,
    Template,
    TemplateKind,
    TemplateVersion,
)
from ilp.policies import TEMPLATE_POLICY, VERSION_POLICY
from ilp.queries import base_of, stamp_of, stamp_of_whole
from ilp.workflow import VERSION_FLOW, VersionState
from providers.models import Area, Organisation

BUILT_IN = "ilp/data/plan_templates.json"
MOST_SECTIONS = 20
MOST_QUESTIONS = 20  # of one section: more than fits a phone is not answered
MOST_OPTIONS = 12
YEAR_GROUPS = range(7, 14)
CHANGED = gettext_lazy(
    "Somebody else has changed this since you opened it. Look at how it stands now before you go on."
)


@transaction.atomic
def start_template(*, kind: str, area: Area, school: Organisation | None = None, by: Any) -> TemplateVersion:
    """There is a draft to build: from the area's, or from what comes with the portal. Starting again goes on with it.

    Raises: NotAllowed (not theirs).
    """
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    template = Template.objects.filter(kind=TemplateKind(kind), area=area, school=school).for_list().first()
    if template is None:
        template = Template(kind=TemplateKind(kind), area=area, school=school)
        TEMPLATE_POLICY.require(by, "begin", template)
        template.save()
        record("plan_template.start", subject=template, by=by, kind=template.kind)
    return begin_version(template=template, by=by)


@transaction.atomic
def begin_version(*, template: Template, by: Any) -> TemplateVersion:
    """The template has a draft, which begins as what is in use; one that is there stays as it is.

    Raises: NotAllowed.
    """
    template = _locked(template)
    TEMPLATE_POLICY.require(by, "begin", template)
    versions = TemplateVersion.objects.filter(template=template).for_list()
    if (draft := versions.filter(state=VersionState.DRAFT).first()) is not None:
        return draft
    newest = versions.order_by("-number").first()
    draft = TemplateVersion.objects.create(template=template, number=newest.number + 1 if newest else 1, by=by)
    source = versions.published().first() or base_of(template)
    if source is not None:
        copy_sections(source, draft)
    record("plan_template.begin", subject=draft, by=by, number=draft.number)
    return draft


def copy_sections(source: TemplateVersion, target: TemplateVersion) -> None:
    """The target asks what the source asks, under the same keys."""
    for section in source.sections.prefetch_related("questions"):
        questions = list(section.questions.all())
        copied = Section.objects.create(version=target, **{name: getattr(section, name) for name in SECTION_COLUMNS})
        Question.objects.bulk_create(
            Question(section=copied, **{name: getattr(question, name) for name in QUESTION_COLUMNS})
            for question in questions
        )


SECTION_COLUMNS = ("key", "number", "title", "help_text", "icon", "year_groups")
QUESTION_COLUMNS = ("key", "number", "kind", "asked", "help_text", "options", "is_required", "year_groups")


@contextmanager
def editing(version: TemplateVersion, what: str, *, by: Any, verb: str = "edit") -> Iterator[TemplateVersion]:
    """Lock the template, read the version again, ask who and whether, run the body, write state and history. The only
    writer of ``TemplateVersion.state``. Raises: NotAllowed, StaleState (published or thrown away meanwhile)."""
    with transaction.atomic():
        _locked(version.template)
        version = TemplateVersion.objects.for_list().get(pk=version.pk)
        VERSION_POLICY.require(by, verb, version)
        target = VERSION_FLOW.target(version.state, verb)
        yield version
        version.state = target
        version.save()
        record(f"plan_template.{verb}", subject=version, by=by, what=what, number=version.number)


def _anew(thing: Any, seen: str = "") -> Any:
    """The section or question as it stands now, for whoever holds the lock: on another screen it may have been moved.
    ``seen`` is its stamp when somebody opened it; empty: nobody looked at it first.

    Raises: StaleState (taken out meanwhile), RuleBroken ``changed_meanwhile``.
    """
    found = type(thing).objects.for_list().filter(pk=thing.pk).first()
    if found is None:
        raise StaleState(f"{thing} was taken out meanwhile")
    _require_as_seen(seen, stamp_of(found) if seen else "")
    return found


def _require_as_seen(seen: str, stamp: str) -> None:
    if seen and seen != stamp:
        raise RuleBroken(str(CHANGED), code="changed_meanwhile")


def _locked(template: Template) -> Template:
    Template.objects.select_for_update(no_key=True).get(pk=template.pk)
    return Template.objects.for_list().get(pk=template.pk)


# --- sections


def add_section(
    *, version: TemplateVersion, title: str, by: Any, help_text: str = "", icon: str = SectionIcon.STAR,
    year_groups: Sequence[int] = (),
) -> Section:  # fmt: skip
    """The draft has one section more, the last. Raises: NotAllowed, StaleState, RuleBroken ``too_many_sections``,
    ``title_missing``, ``no_such_year``."""
    with editing(version, "section_added", by=by) as held:
        if held.sections.count() >= MOST_SECTIONS:
            raise RuleBroken(
                _("A template has room for %(most)s sections.") % {"most": MOST_SECTIONS}, code="too_many_sections"
            )
        section = Section(version=held, number=held.sections.count() + 1)
        _write_section(section, title=title, help_text=help_text, icon=icon, year_groups=year_groups)
    return section


def change_section(
    *, section: Section, title: str, by: Any, help_text: str = "", icon: str = SectionIcon.STAR,
    year_groups: Sequence[int] = (), seen: str = "",
) -> Section:  # fmt: skip
    """The section is called so in the draft. ``seen`` is its stamp when it was opened.

    Raises: NotAllowed, StaleState, RuleBroken ``title_missing``, ``no_such_year``, ``changed_meanwhile``.
    """
    with editing(section.version, "section_changed", by=by):
        section = _anew(section, seen)
        _write_section(section, title=title, help_text=help_text, icon=icon, year_groups=year_groups)
    return section


def _write_section(section: Section, *, title: str, help_text: str, icon: str, year_groups: Sequence[int]) -> None:
    if not title.strip():
        raise RuleBroken(_("Give the section a title."), code="title_missing")
    section.title, section.help_text, section.icon = title.strip(), help_text.strip(), SectionIcon(icon)
    section.year_groups = _years(year_groups)
    section.save()


def move_section(*, section: Section, is_up: bool, by: Any) -> None:
    """It has changed places with the one above or below; the first stays first, and the last last.

    Raises: NotAllowed, StaleState.
    """
    with editing(section.version, "section_moved", by=by) as held:
        _swap(list(held.sections.all()), _anew(section), is_up=is_up)


def take_out_section(*, section: Section, by: Any, seen: str = "") -> None:
    """The draft does without it and its questions. What learners answered stays. ``seen``: the stamp of the whole.

    Raises: NotAllowed, StaleState, RuleBroken ``changed_meanwhile``.
    """
    with editing(section.version, "section_taken_out", by=by) as held:
        found = Section.objects.filter(pk=section.pk, version=held).first()
        if found is not None:
            _require_as_seen(seen, stamp_of_whole(found) if seen else "")
            found.delete()
        _number(list(held.sections.all()))


# --- questions


def add_question(*, section: Section, by: Any, **said: Any) -> Question:
    """The section has one question more, the last. ``said``: asked, kind, help_text, options, is_required, year_groups.

    Raises: NotAllowed, StaleState, RuleBroken ``too_many_questions``, ``question_missing``, ``options_missing``,
    ``too_many_options``, ``no_such_year``.
    """
    with editing(section.version, "question_added", by=by):
        section = _anew(section)
        if section.questions.count() >= MOST_QUESTIONS:
            raise RuleBroken(
                _("A section has room for %(most)s questions. Begin another section.") % {"most": MOST_QUESTIONS},
                code="too_many_questions",
            )
        question = Question(section=section, number=section.questions.count() + 1)
        _write_question(question, **said)
    return question


def change_question(*, question: Question, by: Any, seen: str = "", **said: Any) -> Question:
    """The question is put so in the draft. Answers keep the words they were given to.

    Raises: as adding, and RuleBroken ``changed_meanwhile`` (since ``seen``, its stamp when it was opened).
    """
    with editing(question.section.version, "question_changed", by=by):
        question = _anew(question, seen)
        _write_question(question, **said)
    return question


def _write_question(
    question: Question, *, asked: str, kind: str, help_text: str = "", options: Sequence[str] = (),
    is_required: bool = False, year_groups: Sequence[int] = (),
) -> None:  # fmt: skip
    options = list(dict.fromkeys(option.strip() for option in options if option.strip()))
    if not asked.strip():
        raise RuleBroken(_("Write the question."), code="question_missing")
    if kind in WITH_OPTIONS and len(options) < 2:
        raise RuleBroken(_("Give at least two answers to choose from."), code="options_missing")
    if len(options) > MOST_OPTIONS:
        raise RuleBroken(
            _("A question has room for %(most)s answers to choose from.") % {"most": MOST_OPTIONS},
            code="too_many_options",
        )
    question.asked, question.kind, question.help_text = asked.strip(), QuestionKind(kind), help_text.strip()
    question.options = options if kind in WITH_OPTIONS else []
    question.is_required, question.year_groups = is_required, _years(year_groups)
    question.save()


def move_question(*, question: Question, is_up: bool, by: Any) -> None:
    """It has changed places with the one above or below; past the end of its section it goes into the next one.

    Raises: NotAllowed, StaleState, RuleBroken ``too_many_questions``.
    """
    with editing(question.section.version, "question_moved", by=by) as held:
        question = _anew(question)
        section = question.section
        siblings = list(section.questions.all())
        at = siblings.index(question)
        if 0 <= at + (-1 if is_up else 1) < len(siblings):
            _swap(siblings, question, is_up=is_up)
            return
        sections = list(held.sections.all())
        to = sections.index(section) + (-1 if is_up else 1)
        if not 0 <= to < len(sections):
            return
        there = list(sections[to].questions.all())
        if len(there) >= MOST_QUESTIONS:
            raise RuleBroken(_("The next section has no room for it."), code="too_many_questions")
        question.section = sections[to]
        question.save(update_fields=["section"])
        _number([*there, question] if is_up else [question, *there])
        _number([one for one in siblings if one != question])


def take_out_question(*, question: Question, by: Any, seen: str = "") -> None:
    """The draft does without it. What learners answered stays.

    Raises: NotAllowed, StaleState, RuleBroken ``changed_meanwhile``.
    """
    with editing(question.section.version, "question_taken_out", by=by) as held:
        found = Question.objects.for_list().filter(pk=question.pk, section__version=held).first()
        if found is not None:
            _require_as_seen(seen, stamp_of(found))
            found.delete()
            _number(list(found.section.questions.all()))


# --- publishing


def publish_version(*, version: TemplateVersion, by: Any, seen: str = "") -> TemplateVersion:
    """Learners are asked this from now on, and it never changes again; what was in use before is replaced.

    Raises: NotAllowed, StaleState, RuleBroken ``nothing_asked`` (no section, or one without a question),
    ``changed_meanwhile`` (it asks something else than when it was ``seen``).
    """
    with editing(version, "published", by=by, verb="publish") as held:
        _require_as_seen(seen, stamp_of_whole(held))
        sections = list(held.sections.prefetch_related("questions"))
        if not sections:
            raise RuleBroken(_("Add a section with a question first."), code="nothing_asked")
        if empty := [section.title for section in sections if not section.questions.all()]:
            raise RuleBroken(
                _("“%(title)s” has no question. Add one, or take the section out.") % {"title": empty[0]},
                code="nothing_asked",
            )
        if (before := TemplateVersion.objects.published().filter(template=held.template_id).first()) is not None:
            with editing(before, "replaced", by=by, verb="replace"):
                pass
        held.published_at = clock.now()
    return held


def drop_version(*, version: TemplateVersion, by: Any, seen: str = "") -> TemplateVersion:
    """The draft is gone; learners are asked what they were.

    Raises: NotAllowed, StaleState, RuleBroken ``changed_meanwhile``.
    """
    with editing(version, "dropped", by=by, verb="drop") as held:
        _require_as_seen(seen, stamp_of_whole(held))
    return held


@transaction.atomic
def load_plan_templates() -> int:
    """What comes with the portal is in use, as its file has it; a changed file is a new version. Returns how many.

    An area that has published its own is not touched. Source: ``ilp/data/plan_templates.json``, in our own words.
    """
    kinds = json.loads((settings.BASE_DIR / BUILT_IN).read_text(encoding="utf-8"))
    for kind, sections in kinds.items():
        template = Template.objects.filter(kind=kind, area=None, school=None).first()
        template = template or Template.objects.create(kind=TemplateKind(kind))
        held = TemplateVersion.objects.published().filter(template=template).first()
        fingerprint = [_as_said(section) for section in sections]
        if held is not None and fingerprint == [_as_kept(section) for section in held.sections.all()]:
            continue
        if held is not None:
            held.state = VersionState.REPLACED
            held.save()
        number = held.number + 1 if held is not None else 1
        version = TemplateVersion.objects.create(
            template=template, number=number, state=VersionState.PUBLISHED, published_at=clock.now()
        )
        for at, said in enumerate(fingerprint, start=1):
            questions = said.pop("questions")
            section = Section.objects.create(version=version, number=at, **said)
            for place, question in enumerate(questions, start=1):
                Question.objects.create(section=section, number=place, **question)
    return len(kinds)


def _as_said(section: dict[str, Any]) -> dict[str, Any]:
    said = {name: section[name] for name in ("key", "icon", "title", "help_text")}
    usual = {"help_text": "", "options": []}
    return said | {"questions": [usual | question for question in section["questions"]]}


def _as_kept(section: Section) -> dict[str, Any]:
    kept = {name: getattr(section, name) for name in ("key", "icon", "title", "help_text")}
    names = ("help_text", "options", "key", "kind", "asked")
    questions = [{name: getattr(question, name) for name in names} for question in section.questions.all()]
    return kept | {"questions": questions}


def _years(year_groups: Sequence[int]) -> list[int]:
    if not set(year_groups) <= set(YEAR_GROUPS):
        raise RuleBroken(_("Choose year groups from 7 to 13."), code="no_such_year")
    return sorted(set(year_groups))


def _swap(things: list[Any], thing: Any, *, is_up: bool) -> None:
    at = things.index(thing)
    to = at + (-1 if is_up else 1)
    if 0 <= to < len(things):
        things[at], things[to] = things[to], things[at]
        _number(things)


def _number(things: list[Any]) -> None:
    """They stand in this order."""
    for number, thing in enumerate(things, start=1):
        if thing.number != number:
            thing.number = number
            thing.save(update_fields=["number"])
