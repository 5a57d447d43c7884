"""What an SMS from a member or an officer does."""
