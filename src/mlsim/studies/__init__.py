"""One folder per topic of the lecture; studies do not import each other."""
