"""Children that don't outlive their parent, and free ports."""

import ctypes
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int, signum: int = signal.SIGKILL) -> None:
    """Ask the kernel to send this process `signum` when its parent ends, however it ends.

    `parent` is the process that should be there: if it has gone already, exit at once. The kernel watches the
    *thread* that started this process, so start children from the main thread. Does nothing outside Linux.
    """
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, signum, 0, 0, 0)
    # Asked once the kernel knows: a parent that ended before that sends no signal.
    if os.getppid() != parent:
        os._exit(1)


def dying_with_parent(signum: int = signal.SIGKILL) -> Callable[[], None]:
    """Give the `preexec_fn` that binds a Popen child to the calling process."""
    parent = os.getpid()
    return lambda: die_with_parent(parent, signum)


def collect_seldom() -> None:
    """Look for garbage less often than Python does by itself: imports alone spend a fifth of their time on finding none."""
    gc.set_threshold(50_000, 20, 20)


def is_free(host: str, port: int) -> bool:
    """Tell whether nobody listens on this address, servers that would share the port (SO_REUSEPORT) included."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # Connections of a server that has just ended (TIME_WAIT) don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Give a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
