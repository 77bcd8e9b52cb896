"""The words that staff keep: what learners say for what courses say, and which phrases are filters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core import clock
from core.errors import RuleBroken
from prospectus.actions.search import refresh_rule_words
from prospectus.models import PhraseRule, Synonym
from prospectus.policies import SEARCH_WORDS_POLICY
from prospectus.queries import CourseQuery, Found, filter_names, search_courses
from prospectus.queries.words import LONGEST_PHRASE, RULE_FILTERS, as_read

MOST_MEANINGS = 20
MOST_CHARACTERS = {"said": 60, "meant": 120}
FIRST = 10  # results that a comparison shows


def lock_search_words() -> None:
    """Whoever else changes search words waits for this transaction: all of them write the same vocabulary."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('prospectus search words'))")


def said_words(text: str) -> str:
    """What somebody types, as search reads it.

    Raises: RuleBroken ``said_empty``, ``said_long``.
    """
    said = as_read(text)
    if len(said) < 2:
        raise RuleBroken(_("Enter a word or a phrase with letters in it."), code="said_empty")
    if said.count(" ") >= LONGEST_PHRASE or len(said) > MOST_CHARACTERS["said"]:
        raise RuleBroken(
            _("Search knows phrases of up to %(longest_phrase)s words. Make it shorter.")
            % {"longest_phrase": LONGEST_PHRASE},
            code="said_long",
        )
    return said


def meant_words(said: str, texts: Iterable[str]) -> list[str]:
    """What courses call it, as search reads it, each once.

    Raises: RuleBroken ``meant_same``, ``meant_long``, ``meant_many``.
    """
    meant = [words for words in dict.fromkeys(as_read(text) for text in texts) if words]
    if said in meant:
        raise RuleBroken(
            _("“%(said)s” cannot mean itself: search looks for it anyway.") % {"said": said}, code="meant_same"
        )
    if any(len(words) > MOST_CHARACTERS["meant"] for words in meant):
        raise RuleBroken(_("Keep each meaning under 120 characters."), code="meant_long")
    if len(meant) > MOST_MEANINGS:
        raise RuleBroken(
            _("Give at most %(most_meanings)s meanings. More than that finds nearly everything.")
            % {"most_meanings": MOST_MEANINGS},
            code="meant_many",
        )
    return meant


@transaction.atomic
def change_synonym(*, said: str, meant: Iterable[str], by: Any) -> list[Synonym]:
    """These, and no others, are what ``said`` also means; from the next search on, and after every release.

    A meaning does not lead on to its own meanings, so two words may mean each other. No meanings: the word stands
    for itself again.
    Raises: NotAllowed, RuleBroken (as said_words and meant_words).
    """
    SEARCH_WORDS_POLICY.require(by, "change_synonym", Synonym())
    said = said_words(said)
    wanted = meant_words(said, meant)
    lock_search_words()
    rows = {row.meant: row for row in Synonym.objects.filter(said=said)}
    ended = [row for row in rows.values() if row.ended_at is None and as_read(row.meant) not in wanted]
    kept = {as_read(row.meant) for row in rows.values() if row.ended_at is None}
    added = []
    for words in wanted:
        if words not in kept:
            row = rows.get(words) or Synonym(said=said, meant=words)
            row.is_ours, row.ended_at = False, None
            row.save()
            added.append(row)
    for row in ended:
        row.is_ours, row.ended_at = False, clock.now()
        row.save()
    if added or ended:
        refresh_rule_words()
        record(
            "synonym.change", subject=(added or ended)[0], by=by, added=[row.pk for row in added],
            ended=[row.pk for row in ended],
        )  # fmt: skip
    return list(Synonym.objects.in_use().filter(said=said))


@transaction.atomic
def change_phrase(*, phrase: str, filter_name: str, filter_value: str, by: Any) -> PhraseRule:
    """The phrase is this filter from the next search on, and after every release.

    Raises: NotAllowed, RuleBroken (as said_words, and ``filter_unknown``).
    """
    SEARCH_WORDS_POLICY.require(by, "change_phrase", PhraseRule())
    phrase = said_words(phrase)
    if filter_name not in RULE_FILTERS or filter_value not in filter_names().of(filter_name):
        raise RuleBroken(_("Choose a filter from the list."), code="filter_unknown")
    lock_search_words()
    rule = PhraseRule.objects.filter(phrase=phrase).first() or PhraseRule(phrase=phrase)
    rule.filter_name, rule.filter_value = filter_name, filter_value
    rule.is_ours, rule.ended_at = False, None
    rule.save()
    record("phrase.change", subject=rule, by=by, filter_name=filter_name, filter_value=filter_value)
    return rule


@transaction.atomic
def delete_phrase(*, phrase: str, by: Any) -> None:
    """The phrase is no filter any more but words to look for, also after the next release.

    Raises: NotAllowed, RuleBroken ``phrase_unknown``.
    """
    SEARCH_WORDS_POLICY.require(by, "change_phrase", PhraseRule())
    lock_search_words()
    rule = PhraseRule.objects.in_use().filter(phrase=phrase).first()
    if rule is None:
        raise RuleBroken(_("This phrase is no filter any more."), code="phrase_unknown")
    rule.is_ours, rule.ended_at = False, clock.now()
    rule.save()
    record("phrase.delete", subject=rule, by=by)


# Before and after


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One course among the first ten, and where it was before or will be afterwards (None: not among them)."""

    found: Found
    position: int
    other: int | None

    @property
    def moved(self) -> int:
        """By how many places it differs between the lists; above 0 is nearer to the top in this one."""
        return self.other - self.position if self.other else 0

    @property
    def moved_words(self) -> str:
        places = abs(self.moved)
        return f"{'Up' if self.moved > 0 else 'Down'} {places}" if places else ""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a search finds now and would find."""

    text: str
    before: list[Placed]
    after: list[Placed]
    total_before: int
    total_after: int

    @property
    def is_same(self) -> bool:
        return self.total_before == self.total_after and not any(
            one.moved or one.other is None for one in (*self.before, *self.after)
        )


def compare(texts: Iterable[str], *, change: Callable[[], Any]) -> list[Comparison]:
    """What these searches find before and after a change that is tried and taken back: nothing is saved."""
    texts = list(dict.fromkeys(texts))
    before = {text: _first(text) for text in texts}
    with transaction.atomic():
        change()
        after = {text: _first(text) for text in texts}
        transaction.set_rollback(True)
    return [_compared(text, before[text], after[text]) for text in texts]


def _first(text: str) -> tuple[list[Found], int]:
    results = search_courses(CourseQuery(text=text))
    return results.courses[:FIRST], results.counts.total


def _compared(text: str, before: tuple[list[Found], int], after: tuple[list[Found], int]) -> Comparison:
    def placed(ones: list[Found], others: list[Found]) -> list[Placed]:
        where = {found.course.pk: position for position, found in enumerate(others, 1)}
        return [
            Placed(found=found, position=position, other=where.get(found.course.pk))
            for position, found in enumerate(ones, 1)
        ]

    return Comparison(
        text=text,
        before=placed(before[0], after[0]),
        after=placed(after[0], before[0]),
        total_before=before[1],
        total_after=after[1],
    )
