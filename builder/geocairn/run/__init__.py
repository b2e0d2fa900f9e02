"""Models that run: fetched, checked and cached, and applied to scenes of any size.

Everything is driven by the model's item alone: which bands are read and how their values are
scaled, what the network takes and gives, and what is done with it afterwards.

The parts, from the bottom up:

- `cache` and `fetch`: files of models, by what they contain;
- `windows`, `scaling`, `expressions`, `postprocess`: arithmetic on arrays;
- `bands` and `scenes`: what a scene offers, and which of it a model takes;
- `network` and `loading`: from an item to a model that runs;
- `predict`, `result`: from a scene to files with their lineage.

Needs the extra ``run``; where it is not installed, the message says so.
"""
