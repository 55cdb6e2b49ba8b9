"""What the people who run an installation look at: whether it is well, its log, its metrics, its pages of faults."""
