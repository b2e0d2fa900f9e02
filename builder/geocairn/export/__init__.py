"""Models for other programs: ArcGIS, QGIS, Hugging Face, and whoever runs ONNX.

Everything that is written comes from the model's item; what it does not say is not made up.
"""
