"""What schools send about exams, and providers about who has started, made into clean values."""

from applications.imports.enrolments import ENROLMENTS
from applications.imports.kind import RESULTS

__all__ = ["ENROLMENTS", "RESULTS"]
