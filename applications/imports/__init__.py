"""What schools send about exams, made into clean values."""

from applications.imports.kind import RESULTS

__all__ = ["RESULTS"]
