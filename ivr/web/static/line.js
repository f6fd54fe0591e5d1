// One call of the phone in the browser.

const GATHER_MS = 300; // whoever answers does not wait longer for the browser to find its addresses
const KEY_MS = 160;
const NO_MICROPHONE = "No microphone: allow it for this page, or connect one. Then take the next call.";
const DECLINE = { status_code: 603, reason_phrase: "Decline" };
const MEDIA = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };

/** `state`: `ringing` (they call), `dialling` (we call), `answering`, `talking`, `over`. */
export class Line {
  static ringing(session, changed) {
    return new Line(session, "ringing", session.remote_identity.uri.user, changed);
  }

  static dialled(ua, target, number, changed) {
    return new Line(ua.call(target, MEDIA), "dialling", number, changed);
  }

  constructor(session, state, number, changed) {
    Object.assign(this, { session, state, number, changed });
    this.incoming = state === "ringing";
    this.name = session.remote_identity?.display_name || "";
    this.id = session.id;
    this.held = false;
    this.muted = false;
    this.problem = "";
    this.startedAt = 0; // of the talk, by this machine's clock
    this.sound = new Audio();
    this.sound.autoplay = true;
    if (session.connection) this.hear(session.connection);
    session.on("peerconnection", ({ peerconnection }) => this.hear(peerconnection));
    session.on("icecandidate", ({ ready }) => setTimeout(ready, GATHER_MS));
    session.on("confirmed", () => this.become("talking"));
    session.on("ended", () => this.end());
    session.on("failed", () => this.end());
    session.on("getusermediafailed", () => this.tell({ problem: NO_MICROPHONE }));
    session.on("hold", ({ originator }) => originator === "local" && this.tell({ held: true }));
    session.on("unhold", ({ originator }) => originator === "local" && this.tell({ held: false }));
    session.on("muted", () => this.tell({ muted: true }));
    session.on("unmuted", () => this.tell({ muted: false }));
  }

  hear(connection) {
    connection.addEventListener("track", ({ track, streams }) => {
      this.sound.srcObject = streams[0] || new MediaStream([track]);
    });
  }

  answer() {
    this.become("answering");
    this.session.answer(MEDIA);
  }

  hangUp() {
    if (this.state === "ringing") this.session.terminate(DECLINE);
    else if (this.state !== "over") this.session.terminate();
  }

  hold() {
    this.session.hold();
  }

  takeBack() {
    this.session.unhold();
  }

  mute(on) {
    if (on) this.session.mute({ audio: true });
    else this.session.unmute({ audio: true });
  }

  /** By another INVITE in the same call, which Asterisk answers to the new connection. */
  moved() {
    if (this.state === "talking") this.session.renegotiate();
  }

  press(key) {
    this.session.sendDTMF(key, { duration: KEY_MS, transportType: "RFC2833" });
  }

  become(state) {
    if (state === "talking") this.startedAt = Date.now() / 1000;
    this.tell({ state });
  }

  end() {
    this.sound.srcObject = null;
    this.tell({ state: "over" });
  }

  tell(news) {
    Object.assign(this, news);
    this.changed(this);
  }
}
