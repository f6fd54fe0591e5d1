"""Reports: the tables, and the texts they become."""
