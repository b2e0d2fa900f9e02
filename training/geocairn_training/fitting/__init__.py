"""One training run, from its configuration to a folder with everything that is known of it."""
