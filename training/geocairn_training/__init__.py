"""From imagery to a catalog entry: acquire, train, track, export and describe a model.

This package is the extra ``train`` of geocairn; `geocairn` itself never imports it.
"""
