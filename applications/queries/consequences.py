"""What an answer of the learner would bring about, said before they give it, from the queries the actions use."""

import hashlib
from dataclasses import dataclass

from applications.models import Choice
from applications.queries.answers import choices_released_by
from applications.workflow import PROPERTIES


@dataclass(frozen=True)
class Consequences:
    """What happens to the learner's live choices when this verb is done to ``choice`` now."""

    verb: str
    choice: Choice
    ends: list[Choice]  # other choices that end with it
    stays: list[Choice]  # other live choices that it leaves alone

    @property
    def gives_back(self) -> list[Choice]:
        """Those whose places somebody else can have then."""
        leaves = self.verb in ("turn_down", "withdraw")
        return [one for one in [*([self.choice] if leaves else []), *self.ends] if one.status in _TAKEN]

    @property
    def is_last(self) -> bool:
        """Nothing is under way any more afterwards."""
        return self.verb in ("turn_down", "withdraw") and not self.stays

    @property
    def seen(self) -> str:
        """A mark of all this. A form carries it, so that what is done is what was read."""
        offer = self.choice.standing_offer
        referral = next(iter(self.choice.open_referrals), None)  # type: ignore[attr-defined]
        said = [self.choice.status, offer and offer.pk, referral and referral.pk]
        said += [(one.pk, one.status) for one in self.ends] + [(one.pk, one.status) for one in self.stays]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


_TAKEN = PROPERTIES["is_place_taken"]


def consequences_of(verb: str, choice: Choice) -> Consequences:
    """Of a choice fetched ``for_list()``, in a fixed number of queries."""
    ends = choices_released_by(choice) if verb == "accept" else []
    ending = {one.pk for one in ends} | {choice.pk}
    others = choice.application.choices.that("is_live").exclude(pk__in=ending).order_by("rank", "pk").for_list()
    return Consequences(verb=verb, choice=choice, ends=ends, stays=list(others))
