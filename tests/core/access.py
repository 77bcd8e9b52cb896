"""Who may open the pages of every site: everybody."""

EVERYBODY = (
    "anonymous", "learner", "other_learner", "coordinator", "other_coordinator", "adviser", "admissions",
    "other_admissions", "editor", "officer",
)  # fmt: skip
PUBLIC = dict.fromkeys(EVERYBODY, 200)
ACCESS = {
    "core:display": PUBLIC,
    "core:language": PUBLIC,
    "core:forget": PUBLIC,
    "core:forgotten": PUBLIC,
    "core:accessibility": PUBLIC,
    "core:privacy": PUBLIC,
}
ARGS: dict[str, object] = {}
