"""The hub's pages: what they show, and how it becomes HTML in each language.

* `site`: where templates, catalogues and built assets are;
* `view`: from an item to what its page shows, without words of any language;
* `texts`, `formats`: words, numbers and dates of a language;
* `markdown`: descriptions and model cards, made safe;
* `render`: the pages themselves.
"""
