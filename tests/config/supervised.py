"""A supervisor with small real children, run as a program of its own: `python -m tests.config.supervised FOLDER WHAT`."""

import sys
from pathlib import Path

from config import supervisor as module
from config.settings import surroundings
from config.supervisor import Supervisor

QUIET = "import time; time.sleep(600)"
STUBBORN = """
import signal, subprocess, sys, time
for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(signum, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(f"grandchild {child.pid}", flush=True)
time.sleep(600)
"""
FATHER = """
import subprocess, sys, time
from config.processes import dying_with_parent
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], preexec_fn=dying_with_parent())
print(f"grandchild {child.pid}", flush=True)
print('{"level":"warning","event":"look at me"}', flush=True)
time.sleep(600)
"""
MORTAL = "import sys, time; print('I was asked too much', flush=True); time.sleep(1); sys.exit(3)"
FAMILIES = {
    "plain": {"quiet": QUIET, "father": FATHER},
    "stubborn": {"quiet": QUIET, "stubborn": STUBBORN},
    "patient": {"quiet": QUIET, "other": QUIET, "stubborn": STUBBORN},
    "mortal": {"quiet": QUIET, "father": FATHER, "mortal": MORTAL},
}


def main(folder: str, which: str) -> int:
    """Start the family, say so, and watch over it."""
    if which == "patient":
        module.GRACE_SECONDS = 90
    supervisor = Supervisor(Path(folder))
    for name, code in FAMILIES[which].items():
        supervisor.start(name, [sys.executable, "-c", code], surroundings({"FAMILY": folder}))
    supervisor.wait_for(lambda: all("grandchild" in log.read_text() for log in Path(folder).glob("[fs]*.log")), 60)
    print("ready", flush=True)
    return supervisor.watch()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
