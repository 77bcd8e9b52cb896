"""A state machine is a table: verb, from, to. Diagrams, buttons, filters and tests are made from it."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.errors import StaleState

STAYS = "(stays)"  # as a target: the verb leaves the state as it is

Row = tuple[set[Any], set[Any]]


class Flow:
    """States and the moves between them.

    ``moves`` gives each verb one ``(from states, to)`` pair, or a list of pairs where the target depends on
    the state it starts from. ``to`` is one state, a set of permitted states, or ``STAYS``.
    A state that no move reaches is a mistake in the table and is refused here.
    """

    def __init__(self, states: Iterable[Any], *, start: Any, moves: Mapping[str, Any]) -> None:
        self.states = list(states)
        self.start = start
        self.moves: dict[str, list[Row]] = {
            verb: [self._row(*pair) for pair in _pairs(to)] for verb, to in moves.items()
        }
        reached = {start} | {t for rows in self.moves.values() for _, targets in rows for t in targets}
        if stranded := [state for state in self.states if state not in reached]:
            raise ValueError(f"No move leads to: {', '.join(sorted(stranded))}")

    @staticmethod
    def _row(sources: Any, to: Any) -> Row:
        targets = {to} if isinstance(to, str) else set(to)
        return {sources} if isinstance(sources, str) else set(sources), targets

    def sources(self, verb: str) -> set[Any]:
        """The states this verb may start from."""
        return set().union(*(sources for sources, _ in self.moves[verb]))

    def verbs_from(self, state: Any) -> list[str]:
        """The verbs that may start from this state, in the order of the table."""
        return [verb for verb in self.moves if state in self.sources(verb)]

    def targets(self, state: Any, verb: str) -> set[Any]:
        """Every state this verb may lead to from this state; empty when it may not start here."""
        for sources, targets in self.moves[verb]:
            if state in sources:
                return {state if t == STAYS else t for t in targets}
        return set()

    def target(self, state: Any, verb: str, to: Any = None) -> Any:
        """The state after the verb. ``to`` is needed only where the table permits several.

        Raises: StaleState when the verb may not start from this state; ValueError for a target the table forbids.
        """
        targets = self.targets(state, verb)
        if not targets:
            raise StaleState(f"Cannot {verb} from {state}")
        if to is None and len(targets) == 1:
            return next(iter(targets))
        if to not in targets:
            raise ValueError(f"{verb} from {state} may lead to {sorted(targets)}, not to {to}")
        return to

    @property
    def final(self) -> set[Any]:
        """The states that nothing leaves."""
        return {state for state in self.states if not any(self._leaves(state, verb) for verb in self.moves)}

    def _leaves(self, state: Any, verb: str) -> bool:
        return any(target != state for target in self.targets(state, verb))

    def mermaid(self) -> str:
        """The diagram of this flow, as committed under docs/diagrams."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        for verb in self.moves:
            for state in self.states:
                lines += [f"    {state} --> {target}: {verb}" for target in sorted(self.targets(state, verb))]
        lines += [f"    {state} --> [*]" for state in sorted(self.final)]
        return "\n".join(lines) + "\n"


def _pairs(to: Any) -> list[tuple[Any, Any]]:
    return to if isinstance(to, list) else [to]
