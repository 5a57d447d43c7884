"""Other USSD engines, each with the smallest menu of three hops that its documentation shows: `python -m tests.bench.peers`."""
