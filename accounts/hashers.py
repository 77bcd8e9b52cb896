"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB and two passes in one lane: OWASP's first choice of parameters, kept by decision 0075.

    Django's own ask for eight lanes and 100 MiB, a fifth of a second of processor time for each who signs in.
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1
