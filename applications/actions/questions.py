"""What a provider asks its applicants, and what they answer."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from activity.actions import record
from applications.actions.moving import lock_application
from applications.actions.worrying import flag_form
from applications.models import Choice, ProviderAnswer, ProviderQuestion, QuestionKind, SectionDraft
from applications.policies import APPLICATION_POLICY, PROVIDER_POLICY
from applications.queries.questions import answers_mark, answers_of_choice, questions_for
from applications.workflow import CHOICE_FLOW
from core import clock
from core.errors import RuleBroken, StaleState
from prospectus.models import Course
from providers.models import Cycle, Organisation

MOST_QUESTIONS = 5
LONGEST = {QuestionKind.SHORT: 200, QuestionKind.LONG: 2000}


@transaction.atomic
def ask_question(
    *, provider: Organisation, cycle: Cycle, by: Any, courses: Sequence[Course] = (), **said: Any
) -> ProviderQuestion:
    """Whoever applies to the provider in this cycle is asked this too: to any of its courses, or to these.

    Raises: NotAllowed, RuleBroken ``too_many_questions``, ``other_provider``, ``same_question``, ``options_missing``.
    """
    provider = Organisation.objects.select_for_update(no_key=True).get(pk=provider.pk)
    PROVIDER_POLICY.require(by, "ask_question", provider)
    asked = ProviderQuestion.objects.asked().filter(provider=provider, cycle=cycle)
    if asked.count() >= MOST_QUESTIONS:
        raise RuleBroken(
            _("You ask five questions already, which is the most. End one first."), code="too_many_questions"
        )
    last = asked.aggregate(last=Max("position"))["last"] or 0
    return _ask(provider, cycle, position=last + 1, courses=courses, by=by, **said)


@transaction.atomic
def change_question(
    *, question: ProviderQuestion, by: Any, courses: Sequence[Course] = (), **said: Any
) -> ProviderQuestion:
    """The question is asked in these words from now on. Those answered in the old words keep them.

    Raises: NotAllowed, StaleState (it was changed or ended meanwhile), RuleBroken as ``ask_question``.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=question.provider_id)
    held = _asked(question, by)
    _end(held)
    return _ask(held.provider, held.cycle, position=held.position, courses=courses, by=by, instead_of=held.pk, **said)


@transaction.atomic
def end_question(*, question: ProviderQuestion, by: Any) -> ProviderQuestion:
    """It is not asked any more. What was sent keeps its answers. Raises: NotAllowed, StaleState."""
    Organisation.objects.select_for_update(no_key=True).get(pk=question.provider_id)
    held = _asked(question, by)
    _end(held)
    record("question.end", subject=held, by=by)
    return held


@transaction.atomic
def answer_questions(
    *, choice: Choice, answers: Mapping[str, str], by: Any, made_from: str = "", seen: int | None = None
) -> Choice:
    """The draft has these answers, by the reference of the question; an empty one takes the answer away.

    ``seen`` is the mark of the answers that the open form began with.

    Raises: NotAllowed, StaleState (sent meanwhile), RuleBroken ``not_an_option``, ``answer_too_long``, ``not_a_date``,
    ``changed_meanwhile``. Tells: ``message-flagged``, where what is typed has words that worry.
    """
    application = lock_application(choice.application_id)
    APPLICATION_POLICY.require(by, "write", application)
    choice = Choice.objects.for_list().get(pk=choice.pk)
    if not CHOICE_FLOW.targets(choice.status, "send"):
        raise StaleState("Only a choice that is not sent yet can be changed.")
    asked = [question for question in questions_for(choice) if question.reference in answers]
    given = {question.pk: answers[question.reference].replace("\0", "").strip() for question in asked}
    before = answers_of_choice(choice)
    is_new = any(answer != before.get(key, "") for key, answer in given.items())
    if is_new and seen is not None and seen != answers_mark(before):
        raise RuleBroken(
            _("You have changed this on another device. Read both, and save what you want to keep."),
            code="changed_meanwhile",
        )
    for question in asked:
        answer = given[question.pk]
        _check(question, answer)
        if answer:
            ProviderAnswer.objects.update_or_create(
                choice=choice, question=question, defaults={"answer": answer, "changed_at": clock.now()}
            )
        else:
            ProviderAnswer.objects.filter(choice=choice, question=question).delete()
    typed = [question.pk for question in asked if question.kind in LONGEST]
    said, stood = [given[key] for key in typed], [before.get(key, "") for key in typed]
    flag_form(choice, application=application, said=said, before=stood, by=by)
    SectionDraft.objects.filter(application=application, reference=made_from).delete()
    record("application.answer", subject=application, by=by)
    return choice


def _asked(question: ProviderQuestion, by: Any) -> ProviderQuestion:
    held = ProviderQuestion.objects.for_list().get(pk=question.pk)
    PROVIDER_POLICY.require(by, "ask_question", held.provider)
    if held.ended_at is not None:
        raise StaleState("The question is not asked any more.")
    return held


def _end(question: ProviderQuestion) -> None:
    question.ended_at = clock.now()
    question.save(update_fields=["ended_at"])


def _ask(
    provider: Organisation,
    cycle: Cycle,
    *,
    position: int,
    courses: Sequence[Course],
    by: Any,
    kind: str,
    words: str,
    help_text: str = "",
    options: Sequence[str] = (),
    is_required: bool = False,
    instead_of: int | None = None,
) -> ProviderQuestion:
    kind = QuestionKind(kind)
    options = list(dict.fromkeys(option.strip() for option in options if option.strip()))
    options = options if kind == QuestionKind.ONE_OF else []
    if kind == QuestionKind.ONE_OF and len(options) < 2:
        raise RuleBroken(_("Give at least two answers to choose from, one on each line."), code="options_missing")
    if any(course.provider_id != provider.pk for course in courses):
        raise RuleBroken(_("Choose courses of your own."), code="other_provider")
    same = ProviderQuestion.objects.asked().filter(provider=provider, cycle=cycle, words__iexact=words)
    if same.exists():
        raise RuleBroken(_("You ask this already."), code="same_question")
    question = ProviderQuestion.objects.create(
        provider=provider,
        cycle=cycle,
        position=position,
        kind=kind,
        words=words,
        help_text=help_text,
        options=options,
        is_required=is_required,
        by=by,
    )
    question.courses.set(courses)
    record("question.ask" if instead_of is None else "question.change", subject=question, by=by)
    return question


def _check(question: ProviderQuestion, answer: str) -> None:
    """Raises: RuleBroken where the answer is not of the question's kind."""
    kind = QuestionKind(question.kind)
    if not answer:
        return
    options = question.options if kind == QuestionKind.ONE_OF else ["yes", "no"]
    if kind in (QuestionKind.ONE_OF, QuestionKind.YES_NO) and answer not in options:
        raise RuleBroken(_("Choose one of the answers to “%(words)s”.") % {"words": question}, code="not_an_option")
    if kind in LONGEST and len(answer) > LONGEST[kind]:
        raise RuleBroken(_("Your answer to “%(words)s” is too long.") % {"words": question}, code="answer_too_long")
    if kind == QuestionKind.DATE:
        try:
            dt.date.fromisoformat(answer)
        except ValueError:
            raise RuleBroken(_("Enter a date for “%(words)s”.") % {"words": question}, code="not_a_date") from None
