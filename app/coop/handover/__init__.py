"""What leaves a co-operative for a member: held, handed over, done by their PIN or by two officers and a signed receipt."""
