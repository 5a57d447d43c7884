"""What a hop costs against a bare route with the same server, Redis and database: `make bench`."""
