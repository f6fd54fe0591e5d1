"""The wire to Asterisk, against scripted peers: every known way to break it."""
