"""The kinds of paper: each a module that builds the content tree from a brief. ``catalogue`` lists them."""
