from prospectus.queries.found import Found
from prospectus.queries.names import Names, filter_names
from prospectus.queries.opening import opening
from prospectus.queries.pages import Front, SubjectTile, courses_of, front, levels_of, runs_of, subject_tiles
from prospectus.queries.places import MILES, Place, place_of
from prospectus.queries.search import Counts, CourseQuery, Results, count_within, search_courses
from prospectus.queries.similar import similar

__all__ = [
    "MILES",
    "Counts",
    "CourseQuery",
    "Found",
    "Front",
    "Names",
    "Place",
    "Results",
    "SubjectTile",
    "count_within",
    "courses_of",
    "filter_names",
    "front",
    "levels_of",
    "opening",
    "place_of",
    "runs_of",
    "search_courses",
    "similar",
    "subject_tiles",
]
