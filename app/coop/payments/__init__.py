"""Paying deliveries: batches, handing over, and the member's word that she has it."""
