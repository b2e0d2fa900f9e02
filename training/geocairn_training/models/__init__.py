"""The network, its losses and the Lightning module that trains it."""
