"""`python -m app.cli`: the `jappoo` command, for a child that runs with the same Python."""

import sys

from app.cli import main

sys.exit(main())
