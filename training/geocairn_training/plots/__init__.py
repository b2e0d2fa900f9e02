"""Pictures of how well a model does, as PNG files, and the page that shows them."""
