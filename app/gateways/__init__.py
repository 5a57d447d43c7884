"""The edges to the networks: a Protocol each for USSD and SMS, one module a provider, the simulator. Imports nothing of ours."""
