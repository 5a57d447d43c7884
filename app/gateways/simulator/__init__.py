"""A provider that one can break on purpose: both sides of Africa's Talking, a second USSD dialect, handsets with inboxes."""
