"""The edges to the networks: a Protocol each for USSD and SMS, one module a provider, and the simulator. Imports nothing of ours."""
