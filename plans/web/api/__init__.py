"""The JSON interface: what a person may read, for their programs, and one write."""
