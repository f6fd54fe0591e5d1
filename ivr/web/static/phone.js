// The phone in the browser: SIP over a WebSocket of this server, sound over WebRTC.

import { UA, WebSocketInterface } from "/static/vendor/jssip.js";
import { get, toSignIn } from "/static/api.js";
import { Line } from "/static/line.js";

const EXPIRES_S = 120;
const AGAIN_S = { min: 1, max: 5 };
const AGAIN_MS = 2000;
const TAKEN_OVER = 4001; // the server's close codes
const SIGNED_OUT = 4003;
const BUSY = { status_code: 486, reason_phrase: "Busy Here" };
const EXPECTED_MS = 10000;
const NOBODY = { number: "", until: 0 };
const DOMAIN = "desk.invalid"; // which server is meant, the WebSocket says

/** `state`: `connecting`, `ready`, `lost`, `elsewhere`, `refused`, `none` (it is no
 * browser); `lines`: calls, oldest first. */
export class Phone {
  constructor(changed) {
    this.changed = changed;
    this.state = "connecting";
    this.problem = "";
    this.lines = [];
    this.expected = NOBODY;
  }

  async start() {
    this.become("connecting");
    let account;
    try {
      account = await get("/api/desk/phone");
    } catch (problem) {
      if (problem.status === 401) return toSignIn();
      if (problem.status === 409) return this.become("none");
      if (problem.status === 423) return this.become("elsewhere");
      if (problem.status === 403) return this.become("refused", problem.message);
      this.become("lost");
      return setTimeout(() => this.start(), AGAIN_MS);
    }
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.ua = new UA({
      sockets: [new WebSocketInterface(`${scheme}//${location.host}${account.path}`)],
      uri: `sip:${account.extension}@${DOMAIN}`,
      password: account.password,
      register_expires: EXPIRES_S,
      session_timers: false,
      connection_recovery_min_interval: AGAIN_S.min,
      connection_recovery_max_interval: AGAIN_S.max,
      user_agent: "ivr desk",
    });
    this.ua.on("registered", () => this.registered());
    this.ua.on("unregistered", () => this.fell("lost"));
    this.ua.on("registrationFailed", ({ cause }) => this.fell("lost", `Asterisk refuses this phone: ${cause}`));
    this.ua.on("disconnected", ({ code }) => this.disconnected(code));
    this.ua.on("newRTCSession", ({ originator, session }) => originator === "remote" && this.rings(session));
    this.ua.start();
  }

  /** Says good-bye to Asterisk, so that nobody rings here any more. */
  stop() {
    this.ua?.stop();
  }

  get inCall() {
    return this.lines.some((line) => line.state === "talking");
  }

  dial(number) {
    const target = `sip:${encodeURIComponent(number)}@${DOMAIN}`;
    this.hold();
    this.keep(Line.dialled(this.ua, target, number, (one) => this.lineChanged(one)));
  }

  /** Everybody but this line is put on hold. */
  hold(but) {
    for (const line of this.lines) if (line !== but && line.state === "talking" && !line.held) line.hold();
  }

  takeBack(line) {
    this.hold(line);
    line.takeBack();
  }

  answer(line) {
    this.hold(line);
    line.answer();
  }

  /** The next call from there is the one this page is about to ask for: it answers by itself. */
  expect(number) {
    this.expected = { number, until: Date.now() + EXPECTED_MS };
  }

  expectNobody() {
    this.expected = NOBODY;
  }

  rings(session) {
    if (this.lines.some((line) => line.state !== "over")) return session.terminate(BUSY);
    const line = Line.ringing(session, (one) => this.lineChanged(one));
    const { number, until } = this.expected;
    this.keep(line);
    if (line.number !== number || Date.now() > until) return;
    this.expectNobody();
    this.answer(line);
  }

  keep(line) {
    this.problem = "";
    this.lines = [...this.lines, line];
    this.changed();
  }

  /** What was wrong with a call is told until the next one. */
  lineChanged({ problem }) {
    this.problem = problem || this.problem;
    this.lines = this.lines.filter((line) => line.state !== "over");
    this.changed();
  }

  /** Asterisk sends what belongs to a call to where the phone was when it last spoke in that call:
   * after a drop each call has to say that it is elsewhere now, or would never hear of its end. */
  registered() {
    const back = this.state === "lost";
    this.become("ready");
    if (back) for (const line of this.lines) line.moved();
  }

  disconnected(code) {
    if (code === SIGNED_OUT) return toSignIn();
    if (code !== TAKEN_OVER) return this.fell("lost");
    this.become("elsewhere");
    this.ua.stop();
  }

  /** Comes back by itself, unless this page is not the phone any more. */
  fell(state, problem = "") {
    if (this.state !== "elsewhere") this.become(state, problem);
  }

  become(state, problem = "") {
    this.state = state;
    this.problem = problem;
    this.changed();
  }
}
