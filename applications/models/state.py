from django.db import models

from applications.workflow import ChoiceState


class StateProperty(models.Model):
    """What is true of each state of a choice, for SQL to join. Made from the flow after every migration."""

    state = models.CharField(primary_key=True, max_length=20, choices=ChoiceState)
    is_live = models.BooleanField(help_text="Counts against the learner's limit.")
    is_with_provider = models.BooleanField(help_text="The provider has to answer.")
    has_offer_in_hand = models.BooleanField(help_text="Counts for the September Guarantee.")
    is_place_taken = models.BooleanField(help_text="A place of each run is taken by it.")
    is_firm = models.BooleanField(help_text="The learner has said yes.")
    is_over = models.BooleanField(help_text="Nothing more is expected of anybody.")

    class Meta:
        verbose_name_plural = "state properties"

    def __str__(self) -> str:
        return self.get_state_display()
