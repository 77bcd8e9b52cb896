"""Real threads with database connections of their own, let go at the same moment."""

import threading
from contextlib import suppress

from django.db import connection


def at_once(*functions):
    """Runs the functions together. Returns what each returned, or the exception it raised, in the given order."""
    barrier = threading.Barrier(len(functions))
    results = [None] * len(functions)

    def run(number, function):
        try:
            barrier.wait(10)
            results[number] = function()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return results


def meeting(number=2, seconds=5):
    """A function in which threads wait for each other, once: so none goes on before all have come to that place.

    For tests that take a lock away. With the lock they would wait for nothing, so many seconds.
    """
    barrier = threading.Barrier(number)

    def meet():
        with suppress(threading.BrokenBarrierError):
            barrier.wait(seconds)
        barrier.abort()  # whoever comes by again goes on

    return meet
