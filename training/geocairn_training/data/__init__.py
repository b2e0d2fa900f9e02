"""Chips and masks: found, paired, divided, measured and handed out in batches."""
