"""Speech: what the files really hold."""
