"""A provider's questions: which of them a choice is asked, and what is answered."""

import datetime as dt
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from applications.models import Choice, ChoiceRun, ProviderAnswer, ProviderQuestion, QuestionKind
from applications.words import date_words


def questions_for(choice: Choice) -> list[ProviderQuestion]:
    """What is asked of this choice today: of every applicant, and of those to one of its courses."""
    courses = {choice_run.run.course_id for choice_run in choice.choice_runs.all()}
    asked = ProviderQuestion.objects.asked().filter(provider=choice.provider_id, cycle=choice.application.cycle_id)
    asked = asked.filter(Q(courses=None) | Q(courses__in=courses))
    return list(asked.order_by("position", "pk").distinct())


def answers_of_choice(choice: Choice) -> dict[int, str]:
    """What is answered in this choice, by the key of the question."""
    return dict(ProviderAnswer.objects.filter(choice=choice).values_list("question", "answer"))


def answers_mark(answers: Mapping[int, str]) -> int:
    """What an open form has seen of the answers there were, in eight digits; 0 for none."""
    return zlib.crc32(repr(sorted(answers.items())).encode()) % 10**8 if answers else 0


def unanswered(choice: Choice) -> list[ProviderQuestion]:
    """The questions that have to be answered and are not."""
    answers = answers_of_choice(choice)
    return [question for question in questions_for(choice) if question.is_required and question.pk not in answers]


def answer_words(question: ProviderQuestion, answer: str) -> str:
    """An answer as people read it."""
    if question.kind == QuestionKind.YES_NO:
        return {"yes": _("Yes"), "no": _("No")}.get(answer, answer)
    if question.kind == QuestionKind.DATE:
        return date_words(dt.date.fromisoformat(answer))
    return answer


def answered(choice: Choice) -> list[dict[str, Any]]:
    """Questions and answers in the words of today, for the snapshot."""
    answers = answers_of_choice(choice)
    return [
        {"question": question.words, "answer": answer_words(question, answers[question.pk])}
        for question in questions_for(choice)
        if question.pk in answers
    ]


def drafts_concerned_by(questions: Sequence[ProviderQuestion]) -> dict[int, int]:
    """How many choices that are not sent yet are asked each of these, by its key. One query, which counts: no draft is
    read, however many there are."""
    about = ProviderQuestion.courses.through.objects.all()
    asked_about = about.filter(providerquestion=OuterRef(OuterRef(OuterRef("pk")))).values("course")
    in_it = ChoiceRun.objects.filter(choice=OuterRef("pk"), run__course__in=asked_about)
    for_all = ~Exists(about.filter(providerquestion=OuterRef(OuterRef("pk"))))
    drafts = Choice.objects.that_can("send").filter(provider=OuterRef("provider"), application__cycle=OuterRef("cycle"))
    number = drafts.filter(for_all | Exists(in_it)).order_by().values("provider").annotate(number=Count("pk"))
    concerned = ProviderQuestion.objects.filter(pk__in=[question.pk for question in questions]).order_by()
    rows = concerned.annotate(drafts=Coalesce(Subquery(number.values("number")), 0))
    return dict(rows.values_list("pk", "drafts"))
