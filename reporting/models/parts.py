"""Files that the database keeps in pieces."""

from django.db import models


class FilePart(models.Model):
    """A piece of a file, packed: the whole of it may be larger than a row or a process can hold."""

    number = models.PositiveIntegerField()
    packed = models.BinaryField()

    class Meta:
        abstract = True
        ordering = ["number"]
