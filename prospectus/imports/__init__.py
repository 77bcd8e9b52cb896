from prospectus.imports.catalogue import COURSES, look_at

__all__ = ["COURSES", "look_at"]
