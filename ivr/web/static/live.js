// The house as the server tells it: one snapshot, then changes. Comes back by itself after a drop.

const SILENCE_MS = 25000; // the server says something every ten seconds
const DRAW_MS = 150; // between two pictures, so that a busy house leaves the page some peace
const AGAIN_MS = [500, 1000, 2000]; // about: so that not all pages come back at once

/** Keeps `items` (kind -> name -> item); tells `changed` when there is something to draw. */
export class Live {
  constructor(changed, refused) {
    this.changed = changed;
    this.refused = refused;
    this.items = {};
    this.connected = false;
    this.known = false;
    this.aheadMs = 0; // of the server's clock, seen from this one
    this.last = "";
    this.failures = 0;
    this.drawing = 0;
    this.drawnAt = 0;
    this.open();
  }

  /** The server's time, in seconds. */
  now() {
    return (Date.now() + this.aheadMs) / 1000;
  }

  of(kind) {
    return this.items[kind] || {};
  }

  open() {
    const after = this.last ? `?after=${encodeURIComponent(this.last)}` : "";
    const source = (this.source = new EventSource(`/api/live${after}`));
    source.addEventListener("snapshot", (event) => this.take(event, true));
    source.addEventListener("delta", (event) => this.take(event, false));
    source.addEventListener("beat", (event) => this.heard(JSON.parse(event.data).now));
    source.addEventListener("error", () => this.lost());
    this.listen();
  }

  listen() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lost(), SILENCE_MS);
  }

  heard(now) {
    this.aheadMs = now * 1000 - Date.now();
    this.failures = 0;
    this.listen();
    if (!this.connected) {
      this.connected = true;
      this.draw();
    }
  }

  take(event, whole) {
    const { now, set, gone } = JSON.parse(event.data);
    this.last = event.lastEventId;
    const items = whole ? {} : this.items;
    for (const kind in set) items[kind] = { ...items[kind], ...set[kind] };
    for (const kind in gone) {
      items[kind] = { ...items[kind] };
      for (const name of gone[kind]) delete items[kind][name];
    }
    this.items = items;
    this.known = true;
    this.heard(now);
    this.draw();
  }

  async lost() {
    clearTimeout(this.watchdog);
    this.source.close();
    this.connected = false;
    this.draw();
    const again = AGAIN_MS[Math.min(this.failures++, AGAIN_MS.length - 1)];
    if (await this.refused()) return;
    setTimeout(() => this.open(), again * (0.5 + Math.random()));
  }

  draw() {
    if (this.drawing) return;
    const wait = Math.max(0, this.drawnAt + DRAW_MS - performance.now());
    this.drawing = setTimeout(() => {
      this.drawing = 0;
      this.drawnAt = performance.now();
      this.changed();
    }, wait);
  }
}
