// Requests to this server, and what went wrong with them in words.

export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

const HEADERS = { "X-Requested-By": "ivr" };
const LIMIT_MS = 15000;

export const get = (path) => ask("GET", path);
export const post = (path, body) => ask("POST", path, body);
export const remove = (path) => ask("DELETE", path);

/** Names that go into a path are data. */
export const path = (...parts) => `/api/${parts.map(encodeURIComponent).join("/")}`;

export function toSignIn() {
  location.assign(`/sign-in?then=${encodeURIComponent(location.pathname)}`);
}

async function ask(method, address, body) {
  const request = { method, headers: { ...HEADERS }, signal: AbortSignal.timeout(LIMIT_MS) };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(address, request);
  } catch {
    throw new Refused(0, "The server does not answer. Try again in a moment.");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, said.error || answer.statusText);
  return said;
}
