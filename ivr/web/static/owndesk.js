// One's own desk as the server tells it: the whole of it, each time something has happened.

const SILENCE_MS = 15000; // the server says something every five seconds
const AGAIN_MS = [500, 1000, 2000];

/** Keeps `desk`; tells `changed` when there is something to draw. */
export class OwnDesk {
  constructor(changed, refused) {
    this.changed = changed;
    this.refused = refused;
    this.desk = null;
    this.connected = false;
    this.aheadMs = 0; // of the server's clock, seen from this one
    this.failures = 0;
    this.kept = {}; // of the call here now: it waits no more once it is answered, and a server that
    // has started in the middle of a talk knows less of it than the one before
    this.open();
  }

  /** The server's time, in seconds. */
  now() {
    return (Date.now() + this.aheadMs) / 1000;
  }

  /** When the call now at this desk came into its queue; undefined: not known. */
  get queuedAt() {
    return this.kept.queuedAt;
  }

  /** What the call now at this desk is about: the same again in another queue is another matter. */
  get matter() {
    return `${this.kept.call} ${this.kept.queue}`;
  }

  /** What flows have learnt of its caller: name -> text. */
  get collected() {
    return this.kept.collected || {};
  }

  /** What to say, and where the caller is known: { script, pop, pop_auto }; undefined: no call. */
  get guidance() {
    return this.kept.guidance;
  }

  open() {
    this.source = new EventSource("/api/desk");
    this.source.addEventListener("desk", (event) => this.take(JSON.parse(event.data)));
    this.source.addEventListener("error", () => this.lost());
    this.listen();
  }

  listen() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lost(), SILENCE_MS);
  }

  take({ now, ...desk }) {
    this.aheadMs = now * 1000 - Date.now();
    this.failures = 0;
    this.connected = true;
    this.desk = desk;
    const call = desk.agent?.call;
    if (call !== this.kept.call) this.kept = { call };
    this.follow(desk.queue);
    if (desk.call) this.kept.queuedAt = desk.call.entered_at;
    const learnt = Object.keys(desk.collected).length > 0;
    if (learnt) this.kept.collected = desk.collected;
    if (desk.guidance && (learnt || !this.kept.guidance)) this.kept.guidance = desk.guidance;
    this.listen();
    this.changed();
  }

  /** A call handed on comes with the same caller, but what to say is another queue's. */
  follow(queue) {
    if (!queue || queue === this.kept.queue) return;
    const { call, collected } = this.kept;
    this.kept = { call, queue, collected };
  }

  async lost() {
    clearTimeout(this.watchdog);
    this.source.close();
    this.connected = false;
    this.changed();
    const again = AGAIN_MS[Math.min(this.failures++, AGAIN_MS.length - 1)];
    if (await this.refused()) return;
    setTimeout(() => this.open(), again * (0.5 + Math.random()));
  }
}
