"""How much of the machine each program takes, with all that it has started."""

import threading
import time
from types import TracebackType
from typing import NamedTuple, Self

import psutil

EVERY_SECONDS = 2


class Sample(NamedTuple):
    at: float  # as time.time()
    seconds: dict[str, float]  # of processor time so far, by program; "machine" is everything, also of others


class Meter:
    """Looks at the programs every two seconds while it is entered."""

    def __init__(self, programs: dict[str, int]) -> None:
        self.programs = programs  # process ids by name; of the same name: "worker", "worker 2"
        self.samples: list[Sample] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, what: BaseException | None, where: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            busy = psutil.cpu_times()
            machine = sum(busy) - busy.idle - getattr(busy, "iowait", 0) - getattr(busy, "guest", 0)
            spent = {name: spent_by(pid) for name, pid in list(self.programs.items())}
            self.samples.append(Sample(time.time(), spent | {"machine": machine}))

    def shares(self, began: float, ended: float) -> dict[str, float]:
        """Percent of all processors of this machine between two moments, by program."""
        between = [sample for sample in self.samples if began <= sample.at <= ended]
        if len(between) < 2:
            return {}
        first, last = between[0], between[-1]
        whole = (last.at - first.at) * (psutil.cpu_count() or 1)
        return {name: 100 * (last.seconds[name] - first.seconds.get(name, 0)) / whole for name in last.seconds}


def spent_by(pid: int) -> float:
    """Seconds of processor time of a program and of everything it has started, also what has ended since."""
    try:
        root = psutil.Process(pid)
        everything = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    total = 0.0
    for process in everything:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue  # its parent counts it from now on
        total += times.user + times.system + times.children_user + times.children_system
    return total
