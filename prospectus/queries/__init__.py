from prospectus.queries.course_page import CoursePage, course_page
from prospectus.queries.found import Found
from prospectus.queries.freshness import area_state, areas_state
from prospectus.queries.levels import levels_explained
from prospectus.queries.map import course_map
from prospectus.queries.names import Names, filter_names
from prospectus.queries.opening import opening
from prospectus.queries.pages import Front, SubjectTile, front, subject_tiles
from prospectus.queries.places import MILES, Place, place_of
from prospectus.queries.provider_page import courses_of, provider_page
from prospectus.queries.search import Counts, CourseQuery, Results, count_within, search_courses
from prospectus.queries.similar import similar, similar_to_each
from prospectus.queries.start_now import advice_services, start_now
from prospectus.queries.together import subjects_together

__all__ = [
    "MILES",
    "Counts",
    "CoursePage",
    "CourseQuery",
    "Found",
    "Front",
    "Names",
    "Place",
    "Results",
    "SubjectTile",
    "advice_services",
    "area_state",
    "areas_state",
    "count_within",
    "course_map",
    "course_page",
    "courses_of",
    "filter_names",
    "front",
    "levels_explained",
    "opening",
    "place_of",
    "provider_page",
    "search_courses",
    "similar",
    "similar_to_each",
    "start_now",
    "subject_tiles",
    "subjects_together",
]
