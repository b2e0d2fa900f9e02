"""Runs in MLflow: a SQLite file beside the runs by default, or the server that is configured."""
