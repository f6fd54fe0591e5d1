"""What must always hold between core, telephony and journal; the watch looks every few seconds."""

INVARIANTS = {
    "idle_while_waiting": "Nobody able is available while a call waits.",
    "offer_without_leg": "Every offer has a leg that exists, or its lease ends.",
    "leg_without_offer": "Every leg belongs to an offer or a talk.",
    "talk_without_channel": "Every talk has both its channels.",
    "on_call_without_talk": "Whoever is on a call has a conversation, and the reverse.",
    "calls_conserved": "Calls that entered have left or are inside.",
    "agent_time": "The seconds of an agent's states add up to the time since the log-in.",
    "callbacks_pending": "The core holds as many call-backs as were asked for and are not over.",
}
"""Name of the check -> what it says. The names are a metric's label."""
