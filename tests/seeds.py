"""What is random in a run and can be had again: `--seed` names it, and it is said at the start and wherever the run fails."""

import argparse
import random
import sys
from collections.abc import Callable


def seed_asked() -> int:
    """Return the seed that the command line names, else a new one; say it on standard error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))  # noqa: S311 - no secret
    seed: int = parser.parse_args().seed
    sys.stderr.write(f"--seed {seed}\n")
    return seed


def run_seeded(main: Callable[[int], int]) -> int:
    """Run with the seed asked for, and return its exit code; one that fails names the seed last."""
    seed, code = seed_asked(), 1
    try:
        code = main(seed)
    finally:
        if code:
            sys.stderr.write(f"failed with --seed {seed}\n")
    return code
