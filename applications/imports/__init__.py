"""What schools send about exams, and providers about who has started, made into clean values."""

from applications.imports.enrolments import ENROLMENTS
from applications.imports.kind import RESULTS
from applications.imports.outside_offers import OUTSIDE_OFFERS

__all__ = ["ENROLMENTS", "OUTSIDE_OFFERS", "RESULTS"]
