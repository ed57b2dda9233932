"""From a session to its participants with their lines: performer, place, diagnosis, coverage, price."""
