"""What a co-operative's paper held on the day on which it came to the service: balances, and deliveries of before."""
