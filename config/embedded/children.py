"""Child programs that end when the program that started them ends, however it ends."""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def start_child(arguments, *, farewell=signal.SIGTERM, **options):
    """The program runs in a session of its own and is sent ``farewell`` when the calling process is gone.

    Ctrl-C in the terminal therefore reaches the caller alone, who stops its children in good order.
    """
    if not sys.platform.startswith("linux"):
        child = subprocess.Popen(arguments, start_new_session=True, **options)
        guard(child.pid, farewell=farewell)
        return child
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def bind():
        # Runs after the change of user, which would have cleared it.
        prctl(PR_SET_PDEATHSIG, int(farewell))
        if os.getppid() != parent:  # the parent went before the wish was known
            os.kill(os.getpid(), signal.SIGKILL)

    return subprocess.Popen(arguments, start_new_session=True, preexec_fn=bind, **options)  # noqa: PLW1509 - callers have one thread


def guard(pid, *, farewell):
    """A small process sends ``farewell`` to ``pid`` once the calling process is gone: what Linux does by itself.

    The guard waits at the reading end of a pipe whose writing end only the caller holds.
    """
    reading, writing = os.pipe()
    if os.fork():
        os.close(reading)
        return writing
    os.setsid()
    for number in range(3, max(reading, writing) + 64):
        if number != reading:
            try:
                os.close(number)
            except OSError:
                continue  # was not open
    os.read(reading, 1)
    try:
        os.kill(pid, farewell)
    except ProcessLookupError:
        os._exit(0)  # it had ended already
    os._exit(0)


def stop_child(child, *, request=signal.SIGTERM, patience=10.0):
    """The child has ended, and whatever it had started in its session with it."""
    if child.poll() is None:
        child.send_signal(request)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # nobody is left in its group (macOS answers "not permitted" for that)
    child.wait()
