"""What every provider of the town offers: courses with their runs, before they are written in any format."""

import csv
import datetime as dt
import random
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from config.demo.kinds import DIPLOMA_LINES, KINDS, RANGES, T_LEVELS, WIDER, Kind
from config.demo.styles import has_fault, level_words, title_words
from config.demo.texts import Words, words_of
from config.demo.words import AREAS, PROVIDERS, SUBJECTS, Provider, Site, Subject

DATA = Path(__file__).resolve().parent / "data"
# Further ways in which the full town teaches the subjects that the small one has too.
ALSO = {
    "Health and Social Care": "p", "Childcare and Early Years": "ps", "Uniformed Public Services": "k",
    "Dental Nursing": "p", "Biology": "g", "Chemistry": "g", "Physics": "g", "Applied Science": "p", "Mathematics": "gx",
    "Agriculture": "p", "Horticulture": "pfi", "Animal Care": "pksi", "Veterinary Nursing": "p", "Engineering": "pks",
    "Welding and Fabrication": "ps", "Motor Vehicle Maintenance": "pks", "Electronics": "p", "Bricklaying": "pks",
    "Carpentry and Joinery": "pks", "Electrical Installation": "p", "Plumbing and Heating": "p", "Plastering": "ps",
    "Painting and Decorating": "pi", "Computer Science": "g", "Information Technology": "pb", "Games Development": "s",
    "Retail": "pi", "Hairdressing": "pks", "Barbering": "ps", "Beauty Therapy": "pk", "Professional Cookery": "pksi",
    "Sport": "pk", "Physical Education": "g", "Travel and Tourism": "p", "Music Technology": "s",
    "Art and Design": "gs", "Photography": "s", "Fashion and Textiles": "s", "Creative Media Production": "pk",
    "History": "gx", "Geography": "g", "Psychology": "gx", "Sociology": "g", "English Literature": "g",
    "English Language": "gx", "French": "gl", "Spanish": "gl", "Supporting Teaching and Learning": "p",
    "Skills for Independent Living": "i", "Preparation for Work": "rk", "Accounting": "p",
    "Business Administration": "p", "Business": "gp", "Law": "x",
}  # fmt: skip
SHORT = {
    "Health and Social Care": "H&SC", "Childcare and Early Years": "Childcare", "Uniformed Public Services": "UPS",
    "Motor Vehicle Maintenance": "MV", "Carpentry and Joinery": "Carp & Join", "Electrical Installation": "Elec Inst",
    "Plumbing and Heating": "Plumbing", "Painting and Decorating": "P&D", "Computer Science": "Comp Sci",
    "Information Technology": "IT", "Further Mathematics": "F Maths", "Mathematics": "Maths", "Art and Design": "A&D",
    "Digital Production, Design and Development": "DPDD", "Professional Cookery": "Food Prep", "Performing Arts": "PA",
    "Physical Education": "PE", "Travel and Tourism": "T&T", "Creative Media Production": "Media Prod",
    "Philosophy and Religious Studies": "Phil & RS", "English Literature": "Eng Lit", "English Language": "Eng Lang",
    "Supporting Teaching and Learning": "STL", "Business Administration": "Bus Admin", "Psychology": "Psych",
    "Welding and Fabrication": "Weld & Fab", "Fashion and Textiles": "Fashion", "Music Technology": "Music Tech",
}  # fmt: skip
DIPLOMAS = (("foundation", "Foundation", "1"), ("higher", "Higher", "2"), ("advanced", "Advanced", "3"))
# The share of the subjects in its line that a provider teaches.
TEACHES = {
    "college_full": 0.32, "sixth_full": 0.58, "school": 0.6, "work": 0.33, "trades": 0.55, "land": 0.7, "arts": 0.8,
    "specialist": 0.7, "esol": 1.0, "reengage": 1.0, "youth": 0.9, "community": 0.5, "diploma": 0.0,
}  # fmt: skip
CORE = {
    "Mathematics", "English Language", "Functional Mathematics", "Functional English", "Open Evening",
    "English for Speakers of Other Languages", "Digital Skills for Life",
}  # fmt: skip
# What a school teaches that is no GCSE or A level: no school has a lorry workshop.
SCHOOL_VOCATIONAL = ("01.3", "01.5", "02", "06.2", "07.4", "08", "09", "11", "14", "15.3", "15.5")
PARTNERS = {  # the lead of a consortium: (its name, its partners)
    "10099001": ("Northmoor Engineering Partnership", ("10099002", "10099003")),
    "10099020": ("Northmoor 14-19 Diploma Partnership", ("10099001", "10099002", "10099003", "10099014")),
    "10099027": ("Calderside Diploma Consortium", ("10099005", "10099006", "10099022", "10099023")),
}


class Run(NamedTuple):
    """One start of a course."""

    number: int
    site: Site
    starts_on: dt.date | None
    start_text: str
    ends_on: dt.date | None
    mode: tuple[str, str]  # XCRI code and the provider's words
    pattern: tuple[str, str]
    delivery: tuple[str, str]
    duration: str
    places: int | None
    cost: str
    extra_pence: int | None
    apply_from: dt.date
    apply_until: dt.date

    @property
    def is_any_time(self) -> bool:
        """Its words say that it can be started on any day."""
        return self.start_text in ANY_TIME


class Offering(NamedTuple):
    """A course of a provider with its runs."""

    provider: Provider
    subject: Subject
    kind: Kind
    code: str
    title: str
    level: str  # as the provider writes it
    words: Words
    consortium: str
    runs: tuple[Run, ...]


@cache
def all_subjects() -> tuple[Subject, ...]:
    """Every subject of the full town: those of the small one with more ways to study them, and the rest."""
    known = [
        subject._replace(short=SHORT.get(subject.name, subject.name), kinds=subject.kinds + ALSO.get(subject.name, ""))
        for subject in SUBJECTS
    ]
    with (DATA / "subjects.psv").open(encoding="utf-8", newline="") as file:
        return (*known, *(Subject(**row) for row in csv.DictReader(file, delimiter="|")))


@cache
def all_providers() -> tuple[Provider, ...]:
    """Every provider of the full town. Those of the small one teach more there."""
    known = [
        provider._replace(range=WIDER[provider.range], share=provider.full_share, style=provider.full_style)
        for provider in PROVIDERS
    ]
    with (DATA / "providers.psv").open(encoding="utf-8", newline="") as file:
        return (*known, *(_read_provider(row) for row in csv.DictReader(file, delimiter="|")))


def _read_provider(row: dict[str, str]) -> Provider:
    return Provider(
        name=row["name"],
        area=row["area"],
        ukprn=row["ukprn"],
        kind=row["kind"],
        range=row["range"],
        sites=tuple(Site(*site.split("@")) for site in row["sites"].split(";")),
        style=row["style"],
        share=float(row["share"]),
        subjects=tuple(row["subjects"].split()),
    )


def offerings_of(provider: Provider, *, entry_year: int, is_full: bool, copies: int = 1) -> Iterator[Offering]:
    """What the provider offers for September ``entry_year``; the same each time."""
    pick = random.Random(provider.ukprn)
    subjects = all_subjects() if is_full else tuple(SUBJECTS)
    for number, subject in enumerate(subjects):
        if provider.subjects and not subject.ssa.startswith(provider.subjects):
            continue
        codes = _kinds(provider, subject, is_full=is_full)
        # Nobody teaches everything, nor every subject at every level.
        is_core = subject.name in CORE
        if is_full and pick.random() > TEACHES[provider.range] * provider.share and not is_core:
            continue
        for code in codes:
            if pick.random() < (0.7 if is_full else provider.share) or (is_full and is_core):
                yield _offering(provider, subject, KINDS[code], number, entry_year, is_full=is_full, copies=copies)
    yield from _diplomas(provider, entry_year, is_full=is_full)
    if not is_full:
        yield from _small_breadth(provider, entry_year)


def _kinds(provider: Provider, subject: Subject, *, is_full: bool) -> list[str]:
    by_letter = RANGES[provider.range]
    if is_full and provider.kind == "school" and not subject.ssa.startswith(SCHOOL_VOCATIONAL):
        by_letter = {**by_letter, "v": (), "k": ()}
    if is_full:
        letters = subject.kinds + ("t" if subject.name in T_LEVELS else "")
    else:
        letters = subject.kinds + ("t" if "v" in subject.kinds else "")
    return list(dict.fromkeys(code for letter in letters for code in by_letter.get(letter, ())))


def _offering(
    provider: Provider, subject: Subject, kind: Kind, number: int, entry_year: int, *, is_full: bool, copies: int
) -> Offering:
    if kind.code == "t_level" and is_full:
        subject = subject._replace(name=T_LEVELS[subject.name], short=T_LEVELS[subject.name])
    code = course_code(provider, subject, kind, number)
    pick = random.Random(f"{provider.ukprn} {code}")
    if is_full:
        runs = _full_runs(provider, subject, kind, entry_year, pick)
    else:
        runs = _small_runs(provider, subject, kind, entry_year, copies)
    return Offering(
        provider=provider,
        subject=subject,
        kind=kind,
        code=code,
        title=title_words(provider, subject, kind, code),
        level=level_words(provider, kind, pick),
        words=words_of(provider, subject, kind, code),
        consortium="",
        runs=tuple(runs),
    )


def _diplomas(provider: Provider, entry_year: int, *, is_full: bool) -> Iterator[Offering]:
    """The Diploma lines a consortium's lead keeps. In the small town one college leads one line."""
    if provider.ukprn not in PARTNERS or (is_full and provider.range != "diploma"):
        return
    lines = DIPLOMA_LINES if is_full else {"Engineering": DIPLOMA_LINES["Engineering"]}
    for number, (line, ssa) in enumerate(lines.items(), start=900):
        subject = next(s for s in all_subjects() if s.ssa == ssa)._replace(name=line, short=line)
        for code, name, level in DIPLOMAS[0 if is_full else 1 : 3 if is_full else 2]:
            kind = KINDS["diploma_2"]._replace(
                code=code, type=f"diploma_{code}", levels=level, weeks=76 if level != "1" else 38,
                plain=f"{name} Diploma in {{name}}", formal=f"14-19 {name} Diploma in {{name}}",
                short=f"Dip {{short}} ({name})", chatty=f"{name} Diploma: {{name}}",
            )  # fmt: skip
            offering = _offering(provider, subject, kind, number, entry_year, is_full=is_full, copies=1)
            yield offering._replace(consortium=PARTNERS[provider.ukprn][0])


def _small_breadth(provider: Provider, entry_year: int) -> Iterator[Offering]:
    """What the small town has once, so that every page has something to show."""
    by_name = {subject.name: (number, subject) for number, subject in enumerate(all_subjects())}
    for name, code in {
        "10099001": (("Photography", "taster"), ("Motor Vehicle Maintenance", "ks4"), ("Open Evening", "open_day")),
        "10099004": (("Back on Track", "re_engagement"), ("Hairdressing", "ks4")),
        "10099006": (("Team Enterprise", "activity"), ("Back on Track", "re_engagement")),
    }.get(provider.ukprn, ()):
        number, subject = by_name[name]
        yield _offering(provider, subject, KINDS[code], number + 500, entry_year, is_full=True, copies=1)


def course_code(provider: Provider, subject: Subject, kind: Kind, number: int) -> str:
    """The provider's own code of the course, which never changes."""
    initials = "".join(word[0] for word in subject.name.split() if word[0].isalpha())
    if provider.style in ("codes", "shout"):
        return f"{kind.level or 'X'}{initials.upper()}{number:03d}{kind.code[:1].upper()}{kind.code[-1].upper()}"
    return f"{initials}{number:03d}-{kind.code}"


# --- runs

DAY = ("DT", "Daytime")
CLASSROOM = ("CM", "Classroom")
SMALL_MODES = {
    "FT": ("FT", "Full time"),
    "PT": ("PT", "Part time"),
    "EV": ("PT", "Part time"),
    "FL": ("FL", "Flexible"),
}


def _small_runs(provider: Provider, subject: Subject, kind: Kind, entry_year: int, copies: int) -> Iterator[Run]:
    several = copies if provider.range == "college" else 1
    for number in range(several):
        total = sum(map(ord, subject.name)) + number
        starts_on = dt.date(entry_year, 9, 6) if number == 0 else dt.date(entry_year + 1, 1, 10)
        yield Run(
            number=number + 1,
            site=provider.sites[total % len(provider.sites)],
            starts_on=starts_on,
            start_text="",
            ends_on=starts_on + dt.timedelta(weeks=kind.weeks),
            mode=SMALL_MODES[kind.mode],
            pattern=DAY,
            delivery=("", ""),
            duration="Two years" if kind.weeks > 60 else "One year",
            places=8 + total % 25,
            cost="Free if you are 16 to 18",
            extra_pence=None,
            apply_from=dt.date(entry_year - 1, 9, 15),
            apply_until=dt.date(entry_year, 8, 31),
        )


MODES = {  # how providers write it, first the tidy way
    "FT": ("Full time", "Full-time", "FULL TIME", "Full Time (16 hours per week)"),
    "PT": ("Part time", "Part-Time Day", "Day release", "Part time day"),
    "EV": ("Part time", "Twilight and / or Evening / or Weekends", "Part Time Evening", "Evening"),
    "FL": ("Flexible", "Open learning", "Flexible", "Roll on roll off"),
}
WORKPLACE = ("apprenticeship_2", "apprenticeship_3", "nvq_2", "nvq_3", "traineeship", "internship")
ROLLING = ("re_engagement", "nvq_2", "nvq_3", "apprenticeship_2", "apprenticeship_3", "traineeship")
OFTEN_ROLLING = ("functional_e", "functional_1", "functional_2", "esol_e1", "esol_e3", "foundation")
ANY_TIME = ("Any time", "Roll on, roll off", "Flexible - start when you are ready", "Anytime - ring us", "Ongoing")
VAGUE = (
    "September 2027",
    "Autumn term",
    "TBC",
    "Sept",
    "See website",
    "After the holidays",
    "Sep/Jan",
    "To be arranged",
)
FREE = ("Free if you are 16 to 18", "Free for 16-18s", "No fee 16-18", "FREE", "Fully funded for under 19s")
PAID = ("£45", "£120.00", "0.0000", "£35 or £10 if you get benefits", "Please ask", "£60 per term", "Donation")


def _full_runs(provider: Provider, subject: Subject, kind: Kind, entry_year: int, pick: random.Random) -> Iterator[Run]:
    is_tidy = provider.style == "plain"
    for number, when in enumerate(_starts(provider, kind, entry_year, pick), start=1):
        site = provider.sites[(sum(map(ord, subject.name)) + number) % len(provider.sites)]
        starts_on, start_text = (when, "") if isinstance(when, dt.date) else (None, when)
        has_end = starts_on is not None and kind.weeks and not has_fault(provider, pick, 0.35)
        mode = "EV" if kind.mode == "PT" and number == 2 and kind.code in EVENING_TOO else kind.mode
        yield Run(
            number=number,
            site=site,
            starts_on=starts_on,
            start_text=start_text,
            ends_on=starts_on + dt.timedelta(weeks=kind.weeks) if starts_on and has_end else None,
            mode=("" if has_fault(provider, pick, 0.3) else SMALL_MODES[mode][0],
                  MODES[mode][0] if is_tidy else pick.choice(MODES[mode])),
            pattern=_pattern(provider, kind, mode, pick),
            delivery=_delivery(provider, subject, kind, pick),
            duration=_duration(kind, pick, is_tidy=is_tidy),
            places=_places(provider, kind, pick),
            cost=(FREE[0] if is_tidy else pick.choice((*FREE, ""))) if kind.mode != "EV" else pick.choice(PAID),
            extra_pence=pick.choice((None, None, 1500, 4000, 9500, 25000)) if kind.weeks > 30 else None,
            apply_from=dt.date(entry_year - 1, 9, 15),
            apply_until=dt.date(entry_year, 8, 31) if (starts_on or dt.date.max).month == 9 else
            dt.date(entry_year + 1, 3, 31),
        )  # fmt: skip


EVENING_TOO = ("gcse", "functional_1", "functional_2", "guilds_1", "guilds_2", "esol_e3", "esol_12", "short")


def _starts(provider: Provider, kind: Kind, entry_year: int, pick: random.Random) -> Sequence[dt.date | str]:
    """When a course of the kind starts at the provider: days, or words."""
    september = dt.date(entry_year, 9, 6)
    january = dt.date(entry_year + 1, 1, 10)
    if kind.provision == "taster":
        days = [dt.date(entry_year, 3, 3), dt.date(entry_year, 6, 24), dt.date(entry_year - 1, 12, 2)]
        return [*sorted(pick.sample(days, k=pick.choice((1, 2, 2, 3))))]
    if kind.code in ROLLING or (kind.code in OFTEN_ROLLING and pick.random() < 0.5):
        words: list[dt.date | str] = [ANY_TIME[0] if provider.style == "plain" else pick.choice(ANY_TIME)]
        return words + ([september] if pick.random() < 0.6 else [])
    if kind.mode == "EV" or kind.provision == "activity":
        return [september + dt.timedelta(days=pick.choice((7, 14, 15, 16))), january, dt.date(entry_year + 1, 4, 24)][
            : pick.choice((1, 2, 3))
        ]
    starts: list[dt.date | str] = [september]
    if kind.weeks <= 44:
        starts += [september + dt.timedelta(days=28)] if pick.random() < 0.3 else []
        starts += [january] if pick.random() < 0.55 else []
        starts += [dt.date(entry_year + 1, 4, 24)] if pick.random() < 0.2 else []
    if len(provider.sites) > 1 and pick.random() < 0.5:
        starts.append(september)
    if kind.mode == "FT" and provider.range == "college_full" and pick.random() < 0.25:
        starts.append(dt.date(entry_year + 1, 9, 4))
    if provider.style != "plain" and has_fault(provider, pick, 0.3):
        starts[-1] = pick.choice(VAGUE)
    return starts


def _pattern(provider: Provider, kind: Kind, mode: str, pick: random.Random) -> tuple[str, str]:
    if mode == "EV":
        return pick.choice((("EV", "Evening"), ("EV", "Evening"), ("WE", "Weekend"), ("TW", "Twilight")))
    if kind.code in ROLLING:
        return pick.choice((("DR", "Day/Block Release"), ("CS", "Customised"), DAY))
    if has_fault(provider, pick, 0.4):
        return ("", "")
    return DAY


def _delivery(provider: Provider, subject: Subject, kind: Kind, pick: random.Random) -> tuple[str, str]:
    if kind.code in WORKPLACE:
        return ("WB", "Work based")
    if kind.code == "short" and subject.ssa[:2] in ("06", "12", "15") and pick.random() < 0.4:
        return ("ON", "Online")
    if kind.provision in ("re_engagement", "activity"):
        return pick.choice((("NC", "Location/campus"), CLASSROOM))
    if provider.ukprn == "10099038" and pick.random() < 0.5:
        return ("MM", "Mixed mode")
    return ("", "") if has_fault(provider, pick, 0.5) else CLASSROOM


def _duration(kind: Kind, pick: random.Random, *, is_tidy: bool) -> str:
    if kind.weeks == 0:
        return pick.choice(("One day", "2 hours", "Half a day", "5.30pm to 8pm"))
    tidy = "Two years" if kind.weeks > 60 else "One year" if kind.weeks > 30 else f"{kind.weeks} weeks"
    odd = (
        f"{kind.weeks}wks", f"{kind.weeks} weeks", "2yrs" if kind.weeks > 60 else "1 yr", f"{kind.weeks * 15} GLH",
        "3 terms", "As long as you need", f"{max(kind.weeks // 4, 1)} months", "",
    )  # fmt: skip
    return tidy if is_tidy or pick.random() < 0.4 else pick.choice(odd)


def _places(provider: Provider, kind: Kind, pick: random.Random) -> int | None:
    """Some runs say nothing, some have few places and some none."""
    chance = pick.random()
    if provider.style in ("careless", "shout") and chance < 0.7:
        return None
    if chance < 0.04:
        return 0
    if chance < 0.12:
        return pick.randrange(1, 4)
    return 8 + pick.randrange(25)


def place_of(site: Site, provider: Provider) -> tuple[str, str]:
    """The town and the outcode of a site."""
    area = AREAS[provider.area]
    return site.town or area.town, site.outcode or area.outcodes[sum(map(ord, site.name)) % len(area.outcodes)]
