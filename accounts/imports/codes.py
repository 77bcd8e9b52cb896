"""Values that schools write as a code or in words: ethnicity, special educational needs, yes and no.

Source: the common basic data set's code sets, as the client return uses them.
"""

import re

from accounts.models.facts import ETHNICITIES

OTHER_WORDS = {
    "englishwelshscottishnorthernirishbritish": "WBRI", "british": "WBRI", "irish": "WIRI", "gypsyroma": "WROM",
    "roma": "WROM", "gypsy": "WROM", "traveller": "WIRT", "irishtraveller": "WIRT", "otherwhite": "WOTH",
    "whiteother": "WOTH", "whiteandblackcaribbean": "MWBC", "mixedwhiteandblackcaribbean": "MWBC",
    "mixedwhiteandblackafrican": "MWBA", "mixedwhiteandasian": "MWAS", "anyothermixedethnicbackground": "MOTH",
    "othermixed": "MOTH", "asianindian": "AIND", "asianpakistani": "APKN", "asianbangladeshi": "ABAN",
    "otherasian": "AOTH", "caribbean": "BCRB", "african": "BAFR", "blackother": "BOTH", "otherblack": "BOTH",
    "otherethnicgroup": "OOTH", "other": "OOTH", "notobtained": "NOBT", "notyetobtained": "NOBT",
    "informationnotyetobtained": "NOBT", "unknown": "NOBT", "prefernottosay": "REFU",
}  # fmt: skip
SEN_WORDS = {
    "n": "N", "none": "N", "no": "N", "nosen": "N", "nospecialeducationalneed": "N", "nospecialeducationalneeds": "N",
    "k": "K", "sensupport": "K", "support": "K", "e": "E", "ehc": "E", "ehcp": "E", "ehcplan": "E",
    "educationhealthandcareplan": "E", "educationhealthcareplan": "E", "a": "A", "schoolaction": "A", "p": "P",
    "schoolactionplus": "P", "s": "S", "statement": "S", "statemented": "S",
}  # fmt: skip
NEEDS = {
    "SPLD": "specificlearningdifficulty", "MLD": "moderatelearningdifficulty", "SLD": "severelearningdifficulty",
    "PMLD": "profoundandmultiplelearningdifficulty", "SEMH": "socialemotionalandmentalhealth",
    "BESD": "behaviouralemotionalandsocialdifficulties", "SLCN": "speechlanguageandcommunicationneeds",
    "HI": "hearingimpairment", "VI": "visualimpairment", "MSI": "multisensoryimpairment", "PD": "physicaldisability",
    "ASD": "autisticspectrumdisorder", "OTH": "otherdifficultydisability", "DS": "downsyndrome",
    "NSA": "sensupportbutnospecialistassessmentoftypeofneed",
}  # fmt: skip
YES = {"y", "yes", "t", "true", "1", "x"}
NO = {"n", "no", "f", "false", "0"}
SEXES = {"f": "F", "female": "F", "girl": "F", "m": "M", "male": "M", "boy": "M"}

_ETHNICITY_WORDS = {re.sub(r"[^a-z]", "", words.lower()): code for code, words in ETHNICITIES.items()} | OTHER_WORDS
_NEED_WORDS = {words: code for code, words in NEEDS.items()} | {code.lower(): code for code in NEEDS}


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower().replace("&", " and "))


def read_ethnicity(text: str) -> str | None:
    """The four-letter code; None for what is none. Codes of an authority's own finer set count as their own."""
    code = text.strip().upper()
    if code in ETHNICITIES:
        return code
    plain = _plain(text)
    found = _ETHNICITY_WORDS.get(plain) or _ETHNICITY_WORDS.get(plain.removeprefix("white"))
    return found or _ETHNICITY_WORDS.get(plain.removeprefix("anyother").removesuffix("background"))


def read_sen(text: str) -> str | None:
    """The letter of the provision, by code, by words, or by both as in "K - SEN support"."""
    plain = _plain(text)
    if plain in SEN_WORDS:
        return SEN_WORDS[plain]
    first = re.match(r"\s*([A-Za-z])\s*[-:(]", text)
    return SEN_WORDS.get(first[1].lower()) if first else None


def read_need(text: str) -> str | None:
    plain = _plain(text)
    if plain in _NEED_WORDS:
        return _NEED_WORDS[plain]
    first = re.match(r"\s*([A-Za-z]{2,4})\s*[-:(]", text)
    return first[1].upper() if first and first[1].upper() in NEEDS else None


def read_yes_no(text: str) -> bool | None:
    plain = _plain(text)
    return True if plain in YES else False if plain in NO else None


def read_sex(text: str) -> str | None:
    return SEXES.get(text.strip().lower())
