import re

import pytest
from django.db import connection

from prospectus.models import PhraseRule
from prospectus.queries import CourseQuery, search_courses
from prospectus.queries.spelling import correct, distance, nearest
from prospectus.queries.words import normalise, quoted, read, take_phrases, take_postcode, tokens


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("A level Maths", "alevel maths"),
        ("A-Levels", "alevel"),
        ("AS Level French", "aslevel french"),
        ("T-Level digital", "tlevel digital"),
        ("plumbing Level 2", "plumbing level2"),
        ("plumbing lvl 2", "plumbing level2"),
        ("L3 diploma", "level3 diploma"),
        ("Level Two", "level2"),
        ("NVQ 2 hair", "nvq level2 hair"),
        ("a level 2 course", "a level2 course"),
        ("Health/Social-care", "health social care"),
        ("Further Maths", "furthermaths maths"),
        ("further-mathematics", "furthermaths mathematics"),
        ("Further education", "further education"),
    ],
)
@pytest.mark.django_db
def test_titles_and_questions_are_normalised_alike(typed, normal):
    assert normalise(typed) == normal
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(prospectus_normal(%s))", [typed])
        assert cursor.fetchone()[0] == normal


@pytest.mark.django_db
def test_it_is_a_subject_where_it_is_in_capitals_and_always_in_a_question():
    assert normalise("it level 1") == "ict level1"
    with connection.cursor() as cursor:
        cursor.execute("SELECT prospectus_normal('IT for work'), prospectus_normal('Making it work')")
        assert cursor.fetchone() == ("ict for work", "Making it work")


def test_apostrophes_brackets_and_signs_are_no_words():
    assert tokens(normalise("men's (hair) & 'beauty' | ! :* <->")) == ["men", "hair", "beauty"]


def test_only_so_many_words_are_read():
    assert len(tokens(normalise("maths " * 200))) == 16


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("plumbing near m14", ("plumbing", "M14")),
        ("plumbing M14 5RX", ("plumbing", "M14 5RX")),
        ("hair in sw1a1aa evening", ("hair evening", "SW1A 1AA")),
        ("unit e2 maths", ("unit e2 maths", "")),
    ],
)
def test_a_postcode_is_taken_out_of_the_words(typed, left):
    words, postcode = take_postcode(typed)
    assert (" ".join(words.split()), postcode) == left


def test_the_longest_phrase_is_read_as_a_filter_and_taken_out():
    rules = [
        PhraseRule(phrase="evening", filter_name="pattern", filter_value="evening"),
        PhraseRule(phrase="evening class", filter_name="pattern", filter_value="evening"),
        PhraseRule(phrase="level3", filter_name="level", filter_value="3"),
    ]
    words, phrases = take_phrases(tokens(normalise("Level 3 evening class plumbing")), rules)
    assert words == ["plumbing"]
    assert [(phrase.words, phrase.name, phrase.value) for phrase in phrases] == [
        ("level3", "level", "3"),
        ("evening class", "pattern", "evening"),
    ]


def test_a_longer_phrase_that_means_something_is_no_filter():
    rules = [PhraseRule(phrase="evening", filter_name="pattern", filter_value="evening")]
    assert take_phrases(["open", "evening"], rules, {"open evening"}) == (["open", "evening"], ())
    words, phrases = take_phrases(["evening", "plumbing"], rules, {"evening", "plumbing"})
    assert (words, [phrase.words for phrase in phrases]) == (["plumbing"], ["evening"])


@pytest.mark.parametrize(
    ("one", "other", "letters"), [("hair", "hair", 0), ("hiar", "hair", 1), ("plumer", "plumber", 1), ("", "abc", 3)]
)
def test_distance_counts_letters_and_a_swap_as_one(one, other, letters):
    assert distance(one, other) == letters


def test_of_equally_near_words_the_most_used_is_meant():
    assert nearest("plumbign", [("plumbing", 3), ("plumbers", 9)]) == "plumbing"
    assert nearest("care", [("cars", 1), ("card", 5)]) == "card"
    assert nearest("fotografy", [("photography", 3), ("topography", 9)]) == "photography"
    assert nearest("gsce", [("gce", 9), ("gcse", 3)]) == "gcse"  # the same letters
    assert nearest("zzzzzz", [("plumbing", 3)]) == ""
    assert nearest("zzzz", [("zoo", 3)]) == ""


def test_corrections_are_put_into_the_text_as_typed():
    assert correct("Hairdresing, Level 2", {"hairdresing": "hairdressing"}) == "hairdressing, Level 2"


def test_a_word_in_a_question_to_the_index_is_in_quotation_marks():
    assert quoted("hair") == "'hair'"


@pytest.mark.parametrize("typed", ["", "   ", "!!! ??? ---", "the and of", "course", "' OR 1=1 --", "\\", "():*&|!<->"])
def test_a_text_without_a_word_to_look_for_has_nothing_to_try_or_only_words(town, typed):
    for query in read(typed).tries:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_tsquery('prospectus', %s)", [query])


def test_misspelt_words_are_corrected_unless_asked_not_to(town):
    assert read("plumbign").corrections == {"plumbign": "plumbing"}
    assert read("plumbign level 2").corrected_text == "plumbing level 2"
    assert read("plumbign", is_exact=True).corrections == {}


def test_a_word_half_typed_is_a_beginning_not_a_mistake(town):
    reading = read("plumb hairdr")
    assert reading.corrections == {}
    assert ":*" in reading.tries[0]


@pytest.mark.parametrize(("typed", "meant"), [("plumbin", "plumbing"), ("hairdressin", "hairdressing")])
def test_a_word_without_its_last_letter_is_the_whole_word_although_the_index_keeps_neither(town, typed, meant):
    assert read(typed).corrections == {typed: meant}
    assert [found.course.title for found in search_courses(CourseQuery(text=typed)).courses] == [
        found.course.title for found in search_courses(CourseQuery(text=meant)).courses
    ]
    assert search_courses(CourseQuery(text=typed, is_exact=True)).counts.total == 0


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("gcse re-sit english", "gcse resit english"),
        ("maths re takes", "maths retakes"),
        ("re-sitting gcse maths", "resitting gcse maths"),
        ("re-taking english", "retaking english"),
        ("hairdressing for 16 year olds", "hairdressing for"),
        ("plumbing for my son 17", "plumbing for my son"),
        ("plumbing my daughter is 15 or 16", "plumbing my daughter is"),
        ("plumbing for 14-16 year olds", "plumbing"),
        ("engineering 16-18 year olds", "engineering"),
        ("14 to 16 year olds hair", "hair"),
        ("14, 15 and 16-year-olds hair", "hair"),
        ("age 14\N{EN DASH}16 hair", "hair"),
        ("hair for age 14-16", "hair"),
        ("aged between 16 and 25 hair", "hair"),
        ("zoo keeper aged 14 and 15", "zoo keeper"),
        ("i\N{RIGHT SINGLE QUOTATION MARK}m 16 years old hair", "im hair"),
        ("my brother is 15 hair", "my brother is hair"),
    ],
)
@pytest.mark.django_db
def test_a_resit_may_be_written_apart_and_ages_say_nothing(typed, same):
    assert (read(typed).tries, read(typed).is_unbroken) == (read(same).tries, read(same).is_unbroken)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("14-19 diploma", ["14", "19"]),
        ("what is 14-19 diploma", ["14", "19"]),
        ("year 16", ["16"]),
        ("year 11, 16 year old", ["11"]),
        ("hair aged 16-60", ["16", "60"]),
        ("hair 9-11 year olds", ["9", "11"]),
        ("hair which is 12 weeks", ["12"]),
        ("gcse maths level 2 16 year old", ["2"]),
    ],
)
@pytest.mark.django_db
def test_numbers_that_are_not_somebodys_age_are_looked_for_whole(typed, numbers):
    assert re.findall(r"\d+", read(typed, is_exact=True).tries[0]) == numbers


def test_two_levels_said_together_are_both(town):
    assert read("plumbing level 2 and 3").filters == {"level": ("2", "3")}
    assert read("plumbing levels 1/2").filters == {"level": ("1", "2")}


@pytest.mark.parametrize(
    ("typed", "subjects"),
    [
        ("i want to work with animals", ["animals"]),
        ("working in a shop", ["shop"]),
        ("social work", ["social work"]),
        ("my daughter loves hair", ["hair"]),
    ],
)
def test_a_sentence_is_about_its_subject(town, typed, subjects):
    assert [" ".join(term.words) for term in read(typed).subjects] == subjects
