"""What schools send, made into clean values."""

from accounts.imports.kind import ROLL

__all__ = ["ROLL"]
