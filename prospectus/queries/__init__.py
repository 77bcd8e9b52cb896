from prospectus.queries.places import MILES, Place, place_of
from prospectus.queries.search import CourseQuery, Results, count_within, search_courses

__all__ = ["MILES", "CourseQuery", "Place", "Results", "count_within", "place_of", "search_courses"]
