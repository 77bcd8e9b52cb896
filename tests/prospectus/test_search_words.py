"""The words that staff keep, and what search then finds."""

import datetime as dt

import pytest
from django.urls import reverse

from activity.models import Event
from core.errors import NotAllowed, RuleBroken
from prospectus.actions import load_prospectus_reference
from prospectus.actions.words import change_phrase, change_synonym, compare, delete_phrase
from prospectus.models import PhraseRule, SearchMiss, SearchWord, Synonym
from prospectus.queries import CourseQuery, search_courses
from prospectus.queries.unmet import frequent_misses_with, searches_without_result, wishes
from providers.models import RoleKind
from tests.factories import (
    AreaFactory,
    OrganisationFactory,
    PhraseRuleFactory,
    ProviderFactory,
    StaffRoleFactory,
    SynonymFactory,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db


def keeper_of(area=None):
    organisation = OrganisationFactory(kind="authority", area=area or AreaFactory())
    return StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=organisation).user


@pytest.fixture
def keeper(db):
    return keeper_of()


def titles(text):
    return [found.course.title for found in search_courses(CourseQuery(text=text)).courses]


def meanings(said):
    return list(Synonym.objects.in_use().filter(said=said).values_list("meant", flat=True))


# Synonyms


def test_a_new_synonym_counts_from_the_next_search_on(town, keeper):
    assert titles("pipe wizard") == []

    change_synonym(said="Pipe-Wizard!", meant=["Plumbing"], by=keeper)

    assert titles("pipe wizard") == ["Plumbing and Heating", "Plumbing Level 2"]
    assert SearchWord.objects.filter(word="wizard").exists()
    event = Event.objects.get()
    row = Synonym.objects.get(said="pipe wizard")
    assert (event.verb, event.facts) == ("synonym.change", {"added": [row.pk], "ended": []})


def test_changing_keeps_adds_and_ends_meanings_and_nothing_else(reference, keeper):
    before = meanings("barber")
    assert before == ["barbering", "men hairdressing"]

    change_synonym(said="barber", meant=["barbering", "hairdressing"], by=keeper)

    assert meanings("barber") == ["barbering", "hairdressing"]
    ended = Synonym.objects.get(said="barber", meant="men hairdressing")
    assert (ended.ended_at is not None, ended.is_ours) == (True, False)
    assert Synonym.objects.get(said="barber", meant="barbering").is_ours


def test_without_meanings_the_word_stands_for_itself_and_leaves_the_vocabulary(town, keeper):
    assert titles("mechanic") != []
    change_synonym(said="mechanic", meant=["zumbaesque"], by=keeper)
    assert SearchWord.objects.filter(word="zumbaesque").exists()

    change_synonym(said="mechanic", meant=[], by=keeper)

    assert meanings("mechanic") == []
    assert not SearchWord.objects.filter(word="zumbaesque").exists()


def test_what_was_taken_out_can_come_back(reference, keeper):
    change_synonym(said="sparky", meant=[], by=keeper)
    change_synonym(said="sparky", meant=["electrical"], by=keeper)
    assert meanings("sparky") == ["electrical"]


def test_saving_what_is_there_already_changes_nothing(reference, keeper):
    change_synonym(said="sparky", meant=["electrical", "electrical installation"], by=keeper)
    assert Event.objects.count() == 0
    assert set(Synonym.objects.filter(said="sparky").values_list("is_ours", flat=True)) == {True}


@pytest.mark.parametrize(
    ("said", "meant", "code"),
    [
        ("?!", ["plumbing"], "said_empty"),
        ("one two three four five", ["plumbing"], "said_long"),
        ("A level", ["a-level"], "meant_same"),
        ("bagpipes", ["plumbing" * 20], "meant_long"),
        ("bagpipes", [f"plumbing {number}" for number in range(21)], "meant_many"),
    ],
)
def test_a_synonym_that_search_could_not_use_is_refused(keeper, said, meant, code):
    with pytest.raises(RuleBroken) as refusal:
        change_synonym(said=said, meant=meant, by=keeper)
    assert refusal.value.code == code


def test_only_those_who_keep_the_words_change_them(reference):
    nobody = (
        StaffRoleFactory(kind=RoleKind.EDITOR, organisation=ProviderFactory()).user,
        StaffRoleFactory(kind=RoleKind.OFFICER, organisation=ProviderFactory()).user,
        StaffRoleFactory(kind=RoleKind.HELP_DESK, ended_on=dt.date(2026, 11, 17)).user,
    )
    for person in nobody:
        with pytest.raises(NotAllowed):
            change_synonym(said="bagpipes", meant=["plumbing"], by=person)
        with pytest.raises(NotAllowed):
            change_phrase(phrase="bagpipes", filter_name="level", filter_value="3", by=person)
        with pytest.raises(NotAllowed):
            delete_phrase(phrase="evening", by=person)
        assert not Synonym.objects.visible_to(person).exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_saving_the_same_synonym_at_once_both_succeed(reference):
    keepers = [keeper_of(), keeper_of()]

    def save(person):
        return lambda: change_synonym(said="bagpipes", meant=["plumbing"], by=person)[0].meant

    assert at_once(*map(save, keepers)) == ["plumbing", "plumbing"]
    assert meanings("bagpipes") == ["plumbing"]
    assert Event.objects.filter(verb="synonym.change").count() == 1


# Phrases


def test_a_new_phrase_is_a_filter_from_the_next_search_on(town, keeper):
    change_phrase(phrase="after school", filter_name="pattern", filter_value="evening", by=keeper)
    assert titles("plumbing after school") == ["Plumbing Level 2"]
    assert Event.objects.get().verb == "phrase.change"


def test_a_phrase_taken_out_is_words_again(town, keeper):
    assert titles("plumbing evening") == ["Plumbing Level 2"]
    delete_phrase(phrase="evening", by=keeper)
    assert titles("plumbing evening") == ["Plumbing and Heating", "Plumbing Level 2"]
    assert Event.objects.get().verb == "phrase.delete"
    with pytest.raises(RuleBroken) as refusal:
        delete_phrase(phrase="evening", by=keeper)
    assert refusal.value.code == "phrase_unknown"


@pytest.mark.parametrize(("name", "value"), [("area", "northmoor"), ("level", "9"), ("words", "x")])
def test_a_phrase_is_only_a_filter_that_exists(reference, keeper, name, value):
    with pytest.raises(RuleBroken) as refusal:
        change_phrase(phrase="bagpipes", filter_name=name, filter_value=value, by=keeper)
    assert refusal.value.code == "filter_unknown"


# A release does not undo what staff decided


def test_loading_reference_again_keeps_every_decision_of_staff(reference, keeper):
    change_synonym(said="sparky", meant=[], by=keeper)
    change_synonym(said="chippy", meant=["carpentry", "fish frying"], by=keeper)
    change_phrase(phrase="evening", filter_name="pattern", filter_value="weekend", by=keeper)
    delete_phrase(phrase="weekend", by=keeper)
    rows = list(Synonym.objects.values_list("said", "meant", "is_ours", "ended_at"))
    rules = list(PhraseRule.objects.values_list("phrase", "filter_value", "is_ours", "ended_at"))

    assert load_prospectus_reference()["search_words"] == 0

    assert list(Synonym.objects.values_list("said", "meant", "is_ours", "ended_at")) == rows
    assert list(PhraseRule.objects.values_list("phrase", "filter_value", "is_ours", "ended_at")) == rules
    assert meanings("chippy") == ["carpentry", "fish frying"]


def test_a_release_mends_and_drops_its_own_words_only(reference):
    Synonym.objects.filter(said="sparky").delete()
    PhraseRule.objects.filter(phrase="evening").update(filter_value="weekend")
    SynonymFactory(said="ours of old", meant="plumbing", is_ours=True)
    SynonymFactory(said="theirs", meant="plumbing")
    PhraseRuleFactory(phrase="theirs")

    assert load_prospectus_reference()["search_words"] == 2

    assert meanings("sparky") == ["electrical", "electrical installation"]
    assert PhraseRule.objects.get(phrase="evening").filter_value == "evening"
    assert (meanings("ours of old"), meanings("theirs")) == ([], ["plumbing"])
    assert PhraseRule.objects.filter(phrase="theirs").exists()


def test_our_words_are_written_as_search_reads_them(reference, keeper):
    from prospectus.actions.words import meant_words, said_words

    for said, meant in Synonym.objects.values_list("said", "meant"):
        assert (said_words(said), len(meant_words(said, [meant]))) == (said, 1)
    for phrase in PhraseRule.objects.values_list("phrase", flat=True):
        assert said_words(phrase) == phrase


# Before and after


def test_a_comparison_shows_what_moves_and_saves_nothing(town, keeper):
    def change():
        change_synonym(said="plumbing", meant=["motor vehicle"], by=keeper)

    [plumbing, hair] = compare(["plumbing", "hair"], change=change)

    assert [one.found.course.title for one in plumbing.before] == ["Plumbing and Heating", "Plumbing Level 2"]
    assert {one.found.course.title for one in plumbing.after if one.other is None} == {"Motor Vehicle Maintenance"}
    assert (plumbing.total_before, plumbing.total_after) == (2, 3)
    assert (plumbing.is_same, hair.is_same) == (False, True)
    assert meanings("plumbing") == []
    assert Event.objects.count() == 0


# What was not found


def miss(words, times, *, day=dt.date(2026, 11, 10), area=None):
    SearchMiss.objects.create(words=words, times=times, day=day, area=area)


def test_words_are_shown_only_where_enough_searches_had_them():
    area = AreaFactory()
    miss("falconry", 3)
    miss("falconry", 2, area=area)
    miss("my friend ben", 4)
    miss("juggling", 4, day=dt.date(2026, 1, 5))

    rows, few = searches_without_result(since=dt.date(2026, 10, 1))
    assert [(row["words"], row["times"], row["areas"]) for row in rows] == [("falconry", 5, 1)]
    assert (few.different, few.times) == (1, 4)

    rows, few = searches_without_result(since=dt.date(2026, 10, 1), area=area)
    assert (list(rows), few.different, few.times) == ([], 1, 2)


def test_wishes_are_counted_by_what_was_said_and_rare_words_and_districts_together(reference):
    from prospectus.actions.interest import make_wish
    from prospectus.models import Subject

    building = Subject.objects.get(code="05")
    for number in range(5):
        make_wish(words="Falconry" if number else "falconry", outcode="ZN1")
    make_wish(words="welding by the sea", subject=building, outcode="ZN2")

    def counted(by):
        rows, few = wishes(by=by, since=dt.date(2026, 10, 1))
        return [(row["name"], row["times"]) for row in rows], few.times

    assert counted("words") == ([("falconry", 5)], 1)
    assert counted("outcode") == ([("ZN1", 5)], 1)
    assert counted("subject") == ([("", 5), (building.name, 1)], 0)
    assert counted("level") == ([("", 6)], 0)
    assert counted("area") == ([("", 6)], 0)


def test_searches_to_try_a_rule_on_have_its_words_and_were_frequent():
    miss("falconry evening", 9)
    miss("falconryish", 9)
    miss("rare falconry", 1)
    assert frequent_misses_with("falconry", since=dt.date(2026, 1, 1), most=5) == ["falconry evening"]


# Pages


@pytest.fixture
def desk(client, keeper):
    client.force_login(keeper)
    return client


def test_a_synonym_is_added_after_a_look_at_before_and_after(desk, town):
    url = reverse("prospectus:synonym-add")
    assert 'value="pipe wizard"' in desk.get(f"{url}?said=pipe+wizard").content.decode()
    answers = {"said": "pipe wizard", "meant": "plumbing\n\n", "tests": "hair\n"}

    page = desk.post(url, answers | {"do": "compare"}).content.decode()
    assert "Nothing is saved yet" in page
    assert "New here" in page
    assert "The same 1 course in the same order" in page
    assert meanings("pipe wizard") == []

    page = desk.post(url, answers | {"do": "save"}, follow=True).content.decode()
    assert "Searches with “pipe wizard” follow it from now on" in page
    assert meanings("pipe wizard") == ["plumbing"]


def test_adding_to_a_word_keeps_the_meanings_it_has(desk, reference):
    desk.post(reverse("prospectus:synonym-add"), {"said": "sparky", "meant": "wiring", "do": "save"})
    assert meanings("sparky") == ["electrical", "electrical installation", "wiring"]


def test_a_synonym_is_changed_and_removed(desk, reference):
    url = reverse("prospectus:synonym-change", args=["sparky"])
    assert "electrical\nelectrical installation" in desk.get(url).content.decode()
    desk.post(url, {"meant": "electrical", "do": "save"})
    assert meanings("sparky") == ["electrical"]

    url = reverse("prospectus:synonym-delete", args=["sparky"])
    assert "Remove “sparky”?" in desk.get(url).content.decode()
    assert "out of use" in desk.post(url, follow=True).content.decode()
    assert meanings("sparky") == []
    assert (desk.get(url).status_code, desk.get(reverse("prospectus:synonym-change", args=["sparky"])).status_code) == (
        404,
        404,
    )


def test_errors_say_what_to_do(desk, reference):
    page = desk.post(reverse("prospectus:synonym-add"), {"said": "pipes", "meant": "pipes"}).content.decode()
    assert "cannot mean itself" in page
    page = desk.post(reverse("prospectus:phrase-add"), {"said": "", "filter": ""}).content.decode()
    assert "Enter what people type" in page
    assert "Choose the filter that it means" in page


def test_a_phrase_is_added_changed_and_removed(desk, town):
    url = reverse("prospectus:phrase-add")
    page = desk.post(url, {"said": "after school", "filter": "pattern=evening", "tests": "plumbing after school",
                           "do": "compare"}).content.decode()  # fmt: skip
    assert "Nothing is saved yet" in page
    desk.post(url, {"said": "after school", "filter": "pattern=evening", "do": "save"})
    url = reverse("prospectus:phrase-change", args=["after school"])
    assert 'value="pattern=evening" selected' in desk.get(url).content.decode()
    desk.post(url, {"filter": "pattern=weekend", "do": "save"})
    assert PhraseRule.objects.get(phrase="after school").filter_value == "weekend"
    url = reverse("prospectus:phrase-delete", args=["after school"])
    assert "after school" in desk.get(url).content.decode()
    desk.post(url)
    assert not PhraseRule.objects.in_use().filter(phrase="after school").exists()
    assert "no filter any more" in desk.post(url, follow=True).content.decode()


def test_lists_are_narrowed_by_words(desk, reference):
    page = desk.get(reverse("prospectus:synonyms"), {"q": "Sparky"}).content.decode()
    assert "1 word with “sparky”" in page
    page = desk.get(reverse("prospectus:phrases"), {"q": "sparky"}).content.decode()
    assert "No phrase has these words" in page


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize(("name", "queries"), [("synonyms", 7), ("phrases", 8), ("misses", 8), ("wishes", 8)])
def test_each_list_asks_as_often_for_one_row_as_for_many(desk, django_assert_num_queries, name, queries, count):
    from prospectus.models import Wish

    for number in range(count):
        SynonymFactory(said=f"word {number}")
        PhraseRuleFactory(phrase=f"phrase {number}")
        miss(f"words {number}", 9)
        Wish.objects.bulk_create(Wish(words=f"wish {number}") for _ in range(5))

    with django_assert_num_queries(queries):
        page = desk.get(reverse(f"prospectus:{name}"))

    assert len(page.context["object_list"]) == count


def test_what_was_not_found_can_be_downloaded_and_made_a_synonym(desk):
    miss("=falconry", 6)
    miss("rare", 1)
    page = desk.get(reverse("prospectus:misses"), {"period": "90"}).content.decode()
    assert "said=%3Dfalconry" in page
    assert "rare" not in page.replace("Other words: 1 different", "")
    lines = b"".join(desk.get(reverse("prospectus:misses-download"))).decode("utf-8-sig").splitlines()
    assert lines == ["Words,Times,Areas,Last on", "'=falconry,6,0,2026-11-10", "(other words),1,,"]


def test_wishes_can_be_downloaded(desk):
    from prospectus.models import Wish

    Wish.objects.bulk_create(Wish(words="falconry") for _ in range(5))
    Wish.objects.create(words="rare")
    lines = b"".join(desk.get(reverse("prospectus:wishes-download"))).decode("utf-8-sig").splitlines()
    assert lines == ["Words,Wishes,Last on", "falconry,5,2026-11-18", "(others),1,"]
    lines = b"".join(desk.get(reverse("prospectus:wishes-download"), {"by": "area"})).decode("utf-8-sig").splitlines()
    assert lines == ["Area,Wishes,Last on", "(not said),6,2026-11-18"]


# Why a course is where it is


def test_why_says_how_words_were_read_and_where_a_course_stands(desk, town):
    page = desk.get(reverse("prospectus:why"), {"q": "plumbign evening", "course": town.plumbing.reference})
    text = " ".join(page.content.decode().split())
    assert "plumbign: plumbing" in text
    assert "Number 1 of 1." in text
    assert '<th scope="row">plumb</th><td data-label="Found in">title' in text
    page = desk.get(reverse("prospectus:why"), {"q": "plumbing evening", "course": town.heating.reference})
    assert "What keeps it out: pattern" in page.content.decode()


def test_why_without_a_search_or_without_a_result_still_says_what_to_do(desk, town):
    assert "Type what somebody types" in desk.get(reverse("prospectus:why")).content.decode()
    assert "Make a synonym" in desk.get(reverse("prospectus:why"), {"q": "zzqqxx"}).content.decode()
