"""Importers: catalog entries from what other projects publish about their models."""
