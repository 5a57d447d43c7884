"""`python -m tests.releases`: make the dumps of the version that is worked on."""

from tests.releases import make_all

for file in make_all():
    print(f"{file}: {file.stat().st_size:,} bytes")
