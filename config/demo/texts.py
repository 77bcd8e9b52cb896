"""What providers write about their courses: paragraphs put together so that no two providers say the same."""

import random
from typing import NamedTuple

from config.demo.kinds import Kind
from config.demo.words import AREAS, Provider, Subject


class Words(NamedTuple):
    """The texts of a course as the provider gives them; empty where it does not."""

    summary: str
    description: str  # may hold mark-up
    needs: str
    assessed: str
    next: str
    keywords: tuple[str, ...]
    subject_words: str  # the provider's own word for the subject


# One sentence is taken from each row a style uses. {topic}s are two of the subject's, in any order.
OPENINGS = {
    "plain": (
        "You learn about {topic}, and then {topic2}.", "This course is about {topic}. You also look at {topic2}.",
        "Spend your week on {topic}, with time for {topic2}.", "{name} is for you if you like {topic}.",
    ),
    "formal": (
        "This programme introduces learners to {topic} and develops understanding of {topic2}.",
        "The qualification covers {topic}; further units address {topic2}.",
        "Learners acquire knowledge of {topic} and apply it to {topic2}.",
    ),
    "short": ("{topic}. {topic2}.", "Units: {topic}; {topic2}.", "Covers {topic} + {topic2}.", "Inc. {topic}, {topic2}."),
    "chatty": (
        "Love {topic}? So do we.", "Ever wondered about {topic}? Come and find out, and get stuck into {topic2}.",
        "If {topic} sounds like you, read on!", "No two days are the same: {topic} on Monday, {topic2} by Friday.",
    ),
    "shout": ("LEARN {topic} AND {topic2}!", "{topic} - {topic2} - ALL IN ONE COURSE", "REAL SKILLS: {topic}."),
    "careless": (
        "on this course you will lern {topic} and also {topic2}", "A course about {topic}, {topic2} ect.",
        "Students will be doing {topic}. They will also do {topic2}.",
    ),
}  # fmt: skip
OF_ONE_TOPIC = {
    "plain": (
        "You learn about {topic}.", "This course is about {topic}.", "A year of {topic}.", "{name} means {topic}.",
    ),
    "formal": (
        "This programme introduces learners to {topic}.", "The qualification covers {topic}.",
        "Learners develop knowledge and understanding of {topic}.",
    ),
    "short": ("{topic}.", "Covers {topic}.", "Units: {topic}.", "Inc. {topic}."),
    "chatty": ("Love {topic}? So do we.", "Ever wondered about {topic}? Come and find out!", "It is all about {topic}."),
    "shout": ("LEARN {topic}!", "REAL SKILLS: {topic}.", "{name} - {topic}."),
    "careless": ("you will lern about {topic}", "A course about {topic} ect.", "Students will do {topic}."),
}  # fmt: skip
MIDDLES = (
    "Groups are of {few} at most, so nobody gets lost.",
    "Your tutors have done the job themselves.",
    "There is a trip each term; last year it was to {trip}.",
    "{A_job} from {town} comes in every few weeks.",
    "Days start at {hour} and finish in time for the last bus.",
    "Half of last year's group went on to {next_step}.",
    "The {place} was rebuilt two years ago and has room for {many}.",
    "We lend laptops to anybody without one.",
    "You can bring your lunch or eat in the canteen.",
    "English and maths go with it if you still need them.",
    "Every Friday there is a catch-up hour for whoever missed something.",
    "There is a prayer room, a quiet room and a nurse on Tuesdays.",
    "Most lessons are at {site}.",
    "Ask for the access team if you use a wheelchair or need a signer.",
    "The first six weeks are for finding out what you can do.",
    "Families are asked in twice a year.",
)
PRACTICAL = (
    "Most of the week is in the {place}, with one day for theory.",
    "You write a little and do a lot.",
    "You have your own locker and kit, and you keep what you make.",
    "You keep a folder of photographs of your work.",
    "In the spring you spend {weeks} weeks with an employer near {town}.",
    "You are assessed on {practical} small jobs through the year.",
    "Competitions are part of it: our learners reached the regional final in {year}.",
    "You will plan a project of your own choosing and show it to families in June.",
)
BOOKISH = (
    "You read a good deal and learn to argue your case.",
    "There are {practical} essays or problem sheets a term.",
    "You sit a practice exam each January.",
    "Two teachers share each group.",
    "There is a lecture from outside each month.",
    "The library is open until six.",
    "You choose one topic of your own for the second half.",
)
BRIEF = (
    "Bring a drink and something to write with.", "You need not book, but it helps us to know.",
    "You go home with something you made or a page of notes.", "Friends are welcome.",
    "Staff will show you round the {place}.", "Buses stop outside {site}.", "There is no test and no homework.",
)  # fmt: skip
ENDINGS = (
    "At {provider} somebody always has time to talk.", "Come to {site} and see for yourself.",
    "Ring {provider} and ask for the {name} team.", "Places go quickly, so apply before Easter if you can.",
    "You can start later in the year if there is room.", "Travel from {town} takes about {minutes} minutes.",
    "If you are not sure, ask for a taster.", "Bring a parent, a carer or a friend to the interview.",
)  # fmt: skip
PLACES = {  # by subject area
    "02": ("laboratory", "science block"), "03": ("big barn", "glasshouse"), "04": ("workshop", "machine shop"),
    "05": ("workshop", "building hall"), "06": ("computer suite", "studio"), "07": ("salon", "training kitchen"),
    "08": ("sports hall", "gym"), "09": ("studio", "theatre"), "01": ("training ward", "practical room"),
}  # fmt: skip
ACADEMIC = ("a_level", "as_level", "gcse", "epq", "language_1", "language_2")
TRIPS = ("the coast", "a factory", "the capital", "a museum", "the moors", "an airport", "a farm show", "a university")
ONWARD = ("the next level", "an apprenticeship", "a job in the town", "university", "a bigger college")
OWN_WORDS = {  # subject area: what providers call it
    "01": "Health & Care", "02": "Science/Maths", "03": "Land Based", "04": "Engineering and Motor Vehicle",
    "05": "Construction Crafts", "06": "Computing & Digital", "07": "Service Industries", "08": "Sport, Leisure & Travel",
    "09": "Creative", "10": "Humanities", "11": "Social Sciences", "12": "English & Languages", "13": "Teaching",
    "14": "Preparation for Life & Work", "15": "Business, Law & Finance",
}  # fmt: skip
NEEDS_SHORT = {"E": "None.", "1": "None", "2": "2-3 GCSEs gr 3+", "3": "5 GCSEs gr 4+ inc Eng & Maths", "": "n/a"}


def words_of(provider: Provider, subject: Subject, kind: Kind, code: str) -> Words:
    """The provider's texts of a course; the same each time."""
    pick = random.Random(f"words {provider.ukprn} {code}")
    style = {"long": "formal", "codes": "short"}.get(provider.style, provider.style)
    topics = [topic.strip() for topic in subject.topics.split(";")]
    pick.shuffle(topics)
    jobs = [job.strip() for job in subject.jobs.split(",")]
    slots = {
        "topic": topics[0], "topic2": topics[1 % len(topics)], "topics": ", ".join(topics), "name": subject.name,
        "place": pick.choice(PLACES.get(subject.ssa[:2], ("learning centre", "classroom block"))),
        "site": pick.choice(provider.sites).name, "few": pick.choice((8, 10, 12, 14, 16)),
        "A_job": _with_article(pick.choice(jobs)), "jobs": ", ".join(jobs), "trip": pick.choice(TRIPS), "town": AREAS[provider.area].town,
        "hour": pick.choice(("9 o'clock", "9.15", "half past nine", "10 o'clock")), "weeks": pick.choice((2, 3, 4, 6)),
        "many": pick.choice((16, 20, 24, 30)), "next_step": pick.choice(ONWARD), "practical": pick.randrange(4, 13),
        "year": pick.randrange(2021, 2027), "provider": provider.name, "minutes": pick.randrange(10, 50),
    }  # fmt: skip
    opening = pick.choice((OPENINGS if len(topics) > 1 else OF_ONE_TOPIC)[style])
    first = _sentence(opening.format(**slots), style)
    if kind.weeks <= 6 or kind.provision == "activity":
        lines: tuple[str, ...] = BRIEF
    else:
        lines = MIDDLES + (BOOKISH if kind.code in ACADEMIC else PRACTICAL)
    middles = pick.sample(
        lines, k=min(len(lines), pick.choice({"short": (4, 5, 6), "shout": (4, 6)}.get(style, (6, 8, 9, 12))))
    )
    last = pick.choice(ENDINGS)
    rest = [line.format(**slots) for line in (*middles, last)]
    if len(topics) > 2 and style != "shout":
        rest.insert(pick.randrange(len(rest)), f"There is also {topics[2]}.")
    is_bare = style in ("careless", "short", "shout") and pick.random() < 0.25
    says_jobs = style in ("plain", "formal", "chatty") or pick.random() < 0.4
    short_needs = NEEDS_SHORT[kind.levels[-1:]] if style in ("short", "shout") else kind.needs.format(name=subject.name)
    return Words(
        summary="" if is_bare else _summary(first, rest, pick),
        description=_marked_up(first, rest, topics, provider, pick),
        needs="" if is_bare else short_needs,
        assessed="" if is_bare else kind.assessed,
        next=kind.next.format(jobs=slots["jobs"], name=subject.name),
        keywords=tuple(jobs) if says_jobs else (),
        subject_words=_subject_words(subject, style, pick),
    )


def _with_article(job: str) -> str:
    if job.startswith("any "):
        return "An employer"
    return f"{'An' if job[0].lower() in 'aeiou' or job.startswith(('HR', 'MOT', 'RAF')) else 'A'} {job}"


def _sentence(text: str, style: str) -> str:
    if style == "careless":
        return text
    return text.upper() if style == "shout" else text[:1].upper() + text[1:]


def _summary(first: str, rest: list[str], pick: random.Random) -> str:
    """A sentence or two; one in ten is cut off at 140 characters, as programs do."""
    text = f"{first} {rest[0]}" if len(first) < 110 else first
    if pick.random() < 0.1:
        return f"{text} {rest[1]}"[:140]
    return text[:200].rsplit(". ", 1)[0].rstrip(".") + "." if len(text) > 200 else text


def _marked_up(first: str, rest: list[str], topics: list[str], provider: Provider, pick: random.Random) -> str:
    """The paragraphs as the provider's system gives them: plain, or with whatever mark-up it leaves in."""
    half = len(rest) // 2
    manner = pick.random()
    if provider.style in ("plain", "chatty") or manner < 0.4:
        return f"{first} {' '.join(rest)}"
    if manner < 0.6:
        return f"<p>{first}</p><p>{' '.join(rest[:half])}</p><p>{' '.join(rest[half:])}</p>"
    if manner < 0.8:
        items = "".join(f"<li>{topic}</li>" for topic in topics)
        return f"<b>{first}</b><br><br>{' '.join(rest[:half])}<ul>{items}</ul>{' '.join(rest[half:])}"
    return (
        f'<p class="MsoNormal"><span style="font-family:Arial">{first}&nbsp;</span></p>'
        f"<p>{' '.join(rest)}</p><p>&nbsp;</p>"
    )


def _subject_words(subject: Subject, style: str, pick: random.Random) -> str:
    own = OWN_WORDS[subject.ssa[:2]]
    if style in ("plain", "formal"):
        return subject.name
    return pick.choice((own, own, subject.short, ""))
