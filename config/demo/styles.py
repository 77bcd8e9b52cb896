"""How each provider of the town writes: some tidily, some not. The faults are those that real feeds have."""

import random
import re

from config.demo.kinds import Kind
from config.demo.words import Provider, Subject

# style: which manner of a kind's name, and how often it slips into another
MANNERS = {
    "plain": ("plain",),
    "formal": ("formal", "formal", "formal", "plain"),
    "long": ("formal",),
    "short": ("short", "short", "short", "plain"),
    "codes": ("short", "plain", "formal"),
    "shout": ("plain", "short", "plain", "formal"),
    "chatty": ("chatty", "chatty", "plain"),
    "careless": ("plain", "plain", "short"),
}
# How often, out of ten, a style leaves out or spoils what it should say.
FAULTS = {"plain": 0, "formal": 1, "long": 2, "short": 4, "codes": 4, "shout": 6, "chatty": 5, "careless": 9}
MISSPELLINGS = {
    "Maintenance": "Maintenence", "Business": "Buisness", "Professional": "Proffesional", "Hairdressing": "Hairdresing",
    "Engineering": "Enginering", "Hospitality": "Hospitalty", "Childcare": "Child Care", "beginners": "begginers",
    "Photography": "Photograpy", "Psychology": "Pyschology", "Plumbing": "Pluming", "Carpentry": "Carpentary",
    "Electrical": "Electical", "Mathematics": "Maths", "Performing": "Preforming", "Independent": "Independant",
    "Certificate": "Certficate", "Diploma": "Diplomer", "Horticulture": "Horticuture", "Literature": "Litrature",
    "Beauty": "Beuty", "Administration": "Admin", "Foundation": "Foundaton", "Warehousing": "Warehouseing",
    "Architecture": "Architechture", "Philosophy": "Philosphy", "Accounting": "Acounting", "Science": "Sceince",
    "Jewellery": "Jewelry", "Ceramics": "Pottery/Ceramics", "Physical": "Phsyical", "Sociology": "Socioligy",
}  # fmt: skip
TAILS = {
    "shout": (" - NEW FOR 2027", " (16-18)", " *ENROL NOW*", " FT", ""),
    "careless": (" (16-18)", " .", " -", " NEW", " ( day )", " 16 to 18yrs"),
    "short": (" (FT)", " (PT)", " 16-18", " Yr 1", " 2yr"),
    "long": (" - two years, full time", " (Study Programme 16-18)", " including English and Maths", " (First Year)"),
    "chatty": ("!", " (16-18)", " - free!", ""),
    "codes": ("", "", " (16-18)"),
    "formal": (" (16-19)", " (Full Time)", " (Revised)"),
}
TAILED = {"formal": 0.1, "long": 0.45, "short": 0.25, "codes": 0.2, "shout": 0.35, "chatty": 0.25, "careless": 0.45}


def title_words(provider: Provider, subject: Subject, kind: Kind, code: str) -> str:
    """What the provider calls the course; the same each time."""
    style = provider.style
    pick = random.Random(f"title {provider.ukprn} {code}")
    manner = MANNERS[style][pick.randrange(len(MANNERS[style]))]
    number = 4000 + sum(map(ord, subject.name)) % 4000  # as awarding organisations number their schemes
    title = getattr(kind, manner).format(name=subject.name, short=subject.short, number=number)
    if style != "plain" and pick.random() < 0.3:
        title = title.replace(" and ", " & ")
    if style == "careless":
        title = _carelessly(title, pick)
    if style in TAILED and kind.provision == "course" and pick.random() < TAILED[style]:
        title += pick.choice(TAILS[style])
    if style == "codes" and pick.random() < 0.65:
        title = pick.choice((f"{title} {code}", f"{title} [{code}]", f"{code} {title}", f"{title} - {code}"))
    if style == "shout" and pick.random() < 0.85:
        title = title.upper()
    return title.strip()


def _carelessly(title: str, pick: random.Random) -> str:
    for right, wrong in MISSPELLINGS.items():
        if right in title and pick.random() < 0.55:
            title = title.replace(right, wrong)
    chance = pick.random()
    if chance < 0.12:
        return title.lower()
    if chance < 0.2:
        return title.replace(" ", "  ", 1)
    if chance < 0.3:
        return re.sub(r"\bLevel (\d)", r"lvl \1", title)
    if chance < 0.36:
        return title[:1].lower() + title[1:]
    return title


def is_messy(title: str) -> bool:
    """Whether it is written as no prospectus would print it: shouted, coded, cut short or misspelt."""
    return bool(
        title.isupper()
        or re.search(
            r"\d{3}|\bL\d|\bC&G|\b(?:NVQ|App|FS|A|E)\d|\blvl|\(\d\d-\d\d\)|[*\[!]|  |&|Dip |KS4|Intro |AS/A2", title
        )
        or any(re.search(rf"\b{re.escape(wrong)}\b", title) for wrong in MISSPELLINGS.values())
        or title[:1].islower()
    )


def level_words(provider: Provider, kind: Kind, pick: random.Random) -> str:
    """The level as the provider writes it; empty where it does not."""
    if not kind.levels or has_fault(provider, pick, 0.45):
        return ""
    if kind.levels == "E":
        return "Entry" if provider.style == "short" else "Entry level"
    if kind.levels == "E1":
        return "Entry level and Level 1"
    if kind.levels == "12":
        return "Level 1/2"
    style = {"shout": "L{}", "short": "{}", "careless": "level {}", "codes": "Lv {}"}.get(provider.style, "Level {}")
    return style.format(kind.levels)


def has_fault(provider: Provider, pick: random.Random, weight: float) -> bool:
    """Whether the provider is careless this time: never a tidy one, ``weight`` of the time the worst."""
    return pick.random() < weight * FAULTS[provider.style] / 9
