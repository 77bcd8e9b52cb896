"""An invented prospectus of any size, and what people ask it. The same rows every time."""

import random
from itertools import accumulate, product
from typing import Any

from django.db import connection

from prospectus.actions import load_prospectus_reference, refresh_search

# subject -> names of courses in it, the first the usual one
SUBJECTS = {
    "01.3": ("Health and Social Care", "Adult Care"),
    "01.5": ("Childcare", "Early Years Education"),
    "01.4": ("Uniformed Public Services", "Public Services"),
    "01.2": ("Nursing", "Supporting Healthcare"),
    "02.1": ("Biology", "Chemistry", "Physics", "Applied Science"),
    "02.2": ("Mathematics", "Further Mathematics", "Statistics"),
    "03.2": ("Horticulture", "Gardening"),
    "03.3": ("Animal Care", "Animal Management", "Equine Management"),
    "04.1": ("Engineering", "Welding and Fabrication", "Electronic Engineering"),
    "04.3": ("Motor Vehicle Maintenance", "Light Vehicle Repair"),
    "05.2": ("Plumbing", "Bricklaying", "Carpentry and Joinery", "Electrical Installation", "Construction"),
    "06.1": ("Computer Science", "Games Development", "Cyber Security", "Software Development"),
    "06.2": ("Information Technology", "Digital Skills"),
    "07.1": ("Retail", "Customer Service"),
    "07.3": ("Hairdressing", "Barbering", "Beauty Therapy"),
    "07.4": ("Professional Cookery", "Catering", "Hospitality"),
    "08.1": ("Sport", "Sports Coaching", "Physical Education"),
    "08.2": ("Travel and Tourism",),
    "09.1": ("Performing Arts", "Music Technology", "Dance", "Drama"),
    "09.2": ("Art and Design", "Photography", "Graphic Design", "Fashion and Textiles"),
    "09.3": ("Media Studies", "Film Studies"),
    "10.1": ("History",),
    "10.4": ("Religious Studies",),
    "11.1": ("Geography",),
    "11.2": ("Sociology", "Psychology", "Criminology"),
    "12.1": ("English Literature", "English Language"),
    "12.2": ("French", "Spanish", "German"),
    "13.2": ("Supporting Teaching and Learning", "Teaching Assistant"),
    "14.1": ("Independent Living", "Foundation Learning"),
    "15.1": ("Accounting", "Bookkeeping"),
    "15.2": ("Business Administration",),
    "15.3": ("Business", "Business Management"),
    "15.5": ("Law", "Legal Services"),
}
# What a course is called, its level and its type.
KINDS = (
    ("{} A Level", "3", "a_level"),
    ("A Level {}", "3", "a_level"),
    ("GCSE {}", "2", "gcse"),
    ("BTEC Level 3 National Extended Diploma in {}", "3", "btec_l3"),
    ("{} BTEC Level 2", "2", "btec_l2"),
    ("T Level in {}", "3", "t_level"),
    ("Level 1 Diploma in {}", "1", "vrq"),
    ("{} - Level 2", "2", "vrq"),
    ("NVQ Level 2 {}", "2", "nvq"),
    ("Level 3 Diploma in {}", "3", "vrq"),
    ("Entry Level Certificate in {}", "E", "entry_level_certificate"),
    ("{} Advanced Apprenticeship", "3", "apprenticeship_advanced"),
    ("Apprenticeship in {} Level 2", "2", "apprenticeship_intermediate"),
)
MODES = ("full_time",) * 8 + ("part_time", "flexible")
PATTERNS = ("daytime",) * 8 + ("evening", "weekend")
PLACES = ("Beacon", "Riverside", "Moorland", "Hillside", "Kingsway", "Oakwood", "Ashfield", "Westfield", "Parkview")
PLACE_KINDS = ("College", "Sixth Form College", "Academy", "Training", "Skills Centre", "High School")
SENTENCES = (
    "You will be assessed through assignments, practical work and examinations.",
    "Our workshops have the tools that employers use.",
    "You also continue with English and mathematics if you need to.",
    "Work experience is part of the programme.",
    "Learners go on to higher education, an apprenticeship or a job.",
    "There are trips, guest speakers and activities all year.",
    "Everybody is invited to an informal interview.",
    "Support is there for those who need it.",
    "You should be organised, keen and able to keep to a deadline.",
    "Groups are small, so that everybody gets time with the teacher.",
    "You will need boots and protective clothing of your own.",
    "All examinations are at the end of the second year.",
)
# Names of units, places, makes and people: what makes the vocabulary of real texts long. A few are everywhere.
SYLLABLES = (
    "ba", "cor", "den", "el", "fin", "gar", "hol", "ing", "jan", "kel", "lo", "mer", "nor", "os", "pel", "quin", "ros",
    "sta", "tor", "um", "ver", "win", "yor", "zan", "tra", "ple", "shi", "gro",
)  # fmt: skip
RARE = [a + b + c for a, b, c in product(SYLLABLES, repeat=3)]
OFTEN = list(accumulate((at + 10) ** -0.9 for at in range(len(RARE))))
RARE_WORDS = 22  # in each text
BROAD = ("level 3", "level 2", "diploma", "college", "a level", "btec national", "apprenticeship", "english")


def build(rows: int, *, areas: int, providers: int) -> None:
    """The database holds so many published courses, each with a run, and search knows them."""
    load_prospectus_reference()
    dice = random.Random(rows)  # noqa: S311 - the same invented rows every time
    with connection.cursor() as cursor:
        _copy(
            cursor,
            "providers_area (id, name, slug, created_at)",
            ((area, f"Area {area:03}", f"area-{area}", "2026-01-01") for area in range(1, areas + 1)),
        )
        names = [f"{dice.choice(PLACES)} {dice.choice(PLACE_KINDS)} {key}" for key in range(1, providers + 1)]
        _copy(
            cursor,
            "providers_organisation (id, reference, name, kind, area_id, is_provider, takes_applications, website, "
            "email, phone)",
            (
                (key, f"P{key}", name, "college", key % areas + 1, True, True, "", "", "")
                for key, name in enumerate(names, 1)
            ),
        )
        _copy(
            cursor,
            "providers_site (id, reference, organisation_id, provider_reference, name, address, town, postcode, "
            "latitude, longitude, is_exact)",
            (
                (key, f"S{key}", key, "main", "Main", "", "", "", dice.uniform(50.5, 55), dice.uniform(-4, 1.2), True)
                for key in range(1, providers + 1)
            ),
        )
        _copy(
            cursor,
            "prospectus_course (id, reference, provider_id, provider_reference, title, summary, what_you_do, "
            "who_it_is_for, entry_requirements, how_assessed, leads_to, costs_and_help, other_texts, "
            "qualification_title, qualification_type_id, awarding_organisation, levels, level_text, subject_id, "
            "subject_words, search_words, website, state, created_at, changed_at)",
            _courses(rows, providers, dice),
        )
        _copy(
            cursor,
            "prospectus_courserun (id, reference, course_id, provider_reference, site_id, starts_on, start_text, "
            "is_flexible_start, duration_text, study_mode, delivery, pattern, mode_text, cost_text, option_block, "
            "places_taken, apply_url, takes_applications, created_at, changed_at)",
            (
                (key, f"R{key}", key, "R", _provider(key, providers), "2027-09-06", "", False, "", dice.choice(MODES),
                 "classroom", dice.choice(PATTERNS), "", "", "", 0, "", True, "2026-01-01", "2026-01-01")
                for key in range(1, rows + 1)
            ),
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a plan made for empty tables would join these by nested loops
    refresh_search()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _provider(key: int, providers: int) -> int:
    return key * 7919 % providers + 1


def _courses(rows: int, providers: int, dice: random.Random) -> Any:
    codes = list(SUBJECTS)
    for key in range(1, rows + 1):
        code = codes[min(int(dice.expovariate(1 / 14)), len(codes) - 1)]
        title, level, kind = dice.choice(KINDS)
        first, *more = dice.sample(SENTENCES, 4)
        rare = " ".join(dice.choices(RARE, cum_weights=OFTEN, k=RARE_WORDS))
        also = " and ".join(dice.sample(SUBJECTS[code], min(2, len(SUBJECTS[code]))))
        words = f"{first} Units are about {also.lower()}, {rare}. {' '.join(more)}"
        title = title.format(dice.choice(SUBJECTS[code]))
        yield (key, f"C{key}", _provider(key, providers), f"C{key}", title, "", words,
               "", "", "", "", "", "[]", "", kind, "", f"{{{level}}}", "", code, "{}", "", "", "published",
               "2026-01-01", "2026-01-01")  # fmt: skip


def _copy(cursor: Any, table: str, rows: Any) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def keywords(number: int = 60) -> list[str]:
    """What people type: a subject, often with the kind of course."""
    dice = random.Random(number)  # noqa: S311
    names = [name for group in SUBJECTS.values() for name in group]
    before = ("", "", "", "a level ", "level 2 ", "level 3 ", "t level ", "btec ", "apprenticeship ")
    return [f"{dice.choice(before)}{dice.choice(names).lower()}" for _ in range(number)]


def misspelt(number: int = 60) -> list[str]:
    """The same with a letter lost or two swapped in each long word."""
    dice = random.Random(number)  # noqa: S311
    return [" ".join(_slip(word, dice) for word in text.split()) for text in keywords(number)]


def _slip(word: str, dice: random.Random) -> str:
    if len(word) < 6:
        return word
    at = dice.randrange(1, len(word) - 2)
    return word[:at] + (word[at + 1 :] if dice.random() < 0.5 else word[at + 1] + word[at] + word[at + 2 :])
