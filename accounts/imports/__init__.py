"""What schools send, made into clean values."""

from accounts.imports.roll import import_roll

__all__ = ["import_roll"]
