"""Who may open which page of the prospectus: everybody, with or without an account."""

EVERYBODY = (
    "anonymous", "learner", "other_learner", "coordinator", "other_coordinator", "adviser", "admissions",
    "other_admissions", "editor", "officer",
)  # fmt: skip

ACCESS = {
    name: dict.fromkeys(EVERYBODY, 200)
    for name in ("prospectus:home", "prospectus:courses", "prospectus:course", "prospectus:provider")
}
NOT_FOUND = dict.fromkeys(EVERYBODY, 404) | {"anonymous": 302}
ACCESS |= {
    "prospectus:opening": NOT_FOUND | {"editor": 200},
    "prospectus:opening-change": NOT_FOUND | {"editor": 302},
}
POSTED = {"prospectus:opening-change"}

# ``world`` has: course (published), provider (with is_provider). The course's own address has its title in it.
ARGS = {
    "prospectus:home": lambda world: [],
    "prospectus:courses": lambda world: [],
    "prospectus:course": lambda world: world.course.get_absolute_url().strip("/").split("/")[1:],
    "prospectus:opening-change": lambda world: [world.provider.reference],
    "prospectus:provider": lambda world: [world.provider.reference],
}
