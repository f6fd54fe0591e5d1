// What states and reasons are called.

export const STATES = {
  available: "Available",
  reserved: "Being rung",
  ringing: "Ringing",
  on_call: "On a call",
  wrap_up: "Writing up",
  paused: "Paused",
  logged_out: "Logged out",
};

export const MODES = { listen: "Listen", whisper: "Whisper", barge: "Barge in" };

export const ATTENDING = {
  ringing: "is being rung",
  listen: "listens",
  whisper: "whispers",
  barge: "is in the call",
  suspended: "waits: the call is private",
};

const BUSY = { reserved: "being rung", ringing: "ringing", on_call: "talking", wrap_up: "writing up" };

export const spaced = (name) => (name || "").replaceAll("_", " ");

export const clock = (at) =>
  new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export const percent = (share) => (share == null ? "–" : `${Math.round(share * 100)} %`);

/** Why a caller still waits, as far as one line can tell. */
export function why(call, able, nameOf, now) {
  if (call.ringing.length) return `rings ${call.ringing.map(nameOf).join(", ")}`;
  if (call.not_before > now) return `to be called after ${clock(call.not_before)}`;
  if (call.wanted) return `waits for ${nameOf(call.wanted)} alone`;
  const all = Object.values(able).reduce((sum, count) => sum + count, 0);
  if (!all) return "nobody has these skills";
  const out = able.logged_out || 0;
  if (all === out) return `nobody with these skills is logged in (${out} are not)`;
  const parts = [];
  for (const state in BUSY) if (able[state]) parts.push(`${able[state]} ${BUSY[state]}`);
  if (able.paused) parts.push(`${able.paused} paused`);
  if (able.available) parts.push(`${able.available} available`);
  return parts.join(", ");
}

/** When a caller will probably be answered. */
export function expected(call, now) {
  if (!call.expected) return "–";
  const [low, high] = call.expected.map((at) => Math.max(0, Math.round((at - now) / 60)));
  if (high <= 0) return "< 1 min";
  return low === high ? `${high} min` : `${low}–${high} min`;
}
