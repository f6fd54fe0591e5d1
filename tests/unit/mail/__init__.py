"""E-mail, spoken to real servers on loopback."""
