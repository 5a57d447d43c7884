"""Files that documents and docstrings name are there: a name that has moved is found here, not by a newcomer."""

import re
import subprocess
from pathlib import Path

NAMED = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|yaml|md|html|toml))`")
EXAMPLES = {"name.yaml", "name.py"}
"""Names that stand for any file of the kind."""


def test_each_file_that_is_named_is_there():
    files = subprocess.check_output(["git", "ls-files"], text=True).split()
    ends = {"/".join(file.split("/")[-depth:]) for file in files for depth in range(1, file.count("/") + 2)}
    texts = {
        file: Path(file).read_text("utf-8")
        for file in files
        if file.endswith((".py", ".md", ".yaml", ".toml")) and Path(file).exists()
    }
    missing = [(file, name) for file, text in texts.items() for name in NAMED.findall(text) if name not in ends | EXAMPLES]
    assert missing == []
