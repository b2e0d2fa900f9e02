"""Files of models, judged and read without being run, loaded or unpacked.

Whatever is damaged or hostile raises `geocairn.errors.ArtifactError`.
"""
