"""Key figures: each formula against the reference check and by hand."""
