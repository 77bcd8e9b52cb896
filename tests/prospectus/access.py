"""Who may open which page of the prospectus: everybody, with or without an account."""

EVERYBODY = (
    "anonymous", "learner", "other_learner", "coordinator", "other_coordinator", "adviser", "admissions",
    "other_admissions", "editor", "officer",
)  # fmt: skip

ACCESS = {
    name: dict.fromkeys(EVERYBODY, 200)
    for name in (
        "prospectus:home",
        "prospectus:courses",
        "prospectus:course",
        "prospectus:provider",
        "prospectus:levels",
        "prospectus:map",
        "prospectus:together",
        "prospectus:start-now",
        "prospectus:areas",
    )
}
ACCESS |= {name: dict.fromkeys(EVERYBODY, 200) for name in ("prospectus:feed", "prospectus:provider-feed")}
NOT_FOUND = dict.fromkeys(EVERYBODY, 404) | {"anonymous": 302}
ACCESS |= {
    "prospectus:opening": NOT_FOUND | {"editor": 200},
    "prospectus:opening-change": NOT_FOUND | {"editor": 302},
}
# The words of search, for area coordinators and officers of an authority.
ACCESS |= {
    f"prospectus:{name}": NOT_FOUND | {"officer": 200}
    for name in (
        "synonyms", "synonym-add", "synonym-change", "synonym-delete", "phrases", "phrase-add", "phrase-change",
        "phrase-delete", "misses", "misses-download", "wishes", "wishes-download",
    )
}  # fmt: skip
# Keeping courses needs no account; a note does, and is its owner's.
ACCESS |= {
    f"prospectus:{name}": dict.fromkeys(EVERYBODY, 200) for name in ("shortlist", "compare", "wish", "wish-made")
}
ACCESS |= {
    f"prospectus:{name}": dict.fromkeys(EVERYBODY, 302) for name in ("shortlist-keep", "shortlist-remove", "apply")
}
ACCESS |= {"prospectus:shortlist-note": NOT_FOUND | {"learner": 200}}
POSTED = {"prospectus:shortlist-keep", "prospectus:shortlist-remove", "prospectus:opening-change"}

# ``world`` has: course (published), provider (with is_provider). The course's own address has its title in it.
ARGS = {
    "prospectus:home": lambda world: [],
    "prospectus:shortlist-note": lambda world: [world.course.reference],
    "prospectus:apply": lambda world: [world.other_run.course.reference, world.other_run.reference],
    "prospectus:courses": lambda world: [],
    "prospectus:levels": lambda world: [],
    "prospectus:course": lambda world: world.course.get_absolute_url().strip("/").split("/")[1:],
    "prospectus:opening-change": lambda world: [world.provider.reference],
    "prospectus:provider-feed": lambda world: [world.provider.reference],
    "prospectus:synonym-change": lambda world: [world.synonym.said],
    "prospectus:synonym-delete": lambda world: [world.synonym.said],
    "prospectus:phrase-change": lambda world: [world.phrase.phrase],
    "prospectus:phrase-delete": lambda world: [world.phrase.phrase],
    "prospectus:provider": lambda world: [world.provider.reference],
}
