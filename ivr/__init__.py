"""A contact-centre server for Asterisk: a pure core decides, a thin shell carries it out."""

__version__ = "0.1.0"
