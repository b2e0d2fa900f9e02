"""From an item to what its page shows: plain data, without words of any language.

Everything is JSON: texts, numbers, booleans, lists and objects. **A list that would be empty is
None**, for an empty list counts as nothing in Python and as something in JavaScript, and the same
templates run in both: site/assets/js/pages/view/ mirrors these modules, and a test compares them.
Nothing here trusts an item: values of another type than expected count as absent.
"""

from geocairn.compile.pages.view.model import model_view

__all__ = ["model_view"]
