// The wallboard: what a room has to know, readable from five metres.

import { html, render } from "/static/vendor/preact-htm.js";
import { Live } from "/static/live.js";
import { byWait, counted, waiting } from "/static/parts.js";
import { forWhom, refused } from "/static/session.js";
import { Since, run } from "/static/time.js";
import { percent } from "/static/words.js";

const QUEUES_MAX = 8;

function Board({ live }) {
  const lines = waiting(live.of("call"));
  const queues = live.of("queue");
  const states = counted(live.of("agent"));
  const all = Object.values(lines).flat();
  const longest = all.sort(byWait)[0]?.[1];
  const house = live.of("house").house || {};
  const closed = Object.values(live.of("closure")).some((one) => one.closed);
  return html`<main class=${live.connected ? "board" : "board stale"}>
    <h1 class="aside">Wallboard</h1>
    ${!live.connected && html`<p role="status" class="banner">No connection. What you see is old.</p>`}
    ${closed && html`<p class="banner">Closed in an emergency</p>`}
    ${Object.keys(live.of("alarm")).length > 0 &&
    html`<p class="banner">${Object.keys(live.of("alarm")).sort()[0]}</p>`}
    <div class="tiles">
      <${Tile} name="Callers waiting" alarm=${all.length > 0 && !states.available}>${all.length}<//>
      <${Tile} name="Longest wait">
        ${longest
          ? html`<${Since} at=${longest.entered_at} late=${queues[longest.queue]?.threshold_s} />`
          : "–"}
      <//>
      <${Tile} name="In time, last 30 min" alarm=${house.service_level < house.target}>
        ${percent(house.service_level)}
      <//>
      <${Tile} name="Agents available">${states.available || 0}<//>
      <${Tile} name="On a call">${states.on_call || 0}<//>
      <${Tile} name="Paused">${states.paused || 0}<//>
    </div>
    <ul class="lines">
      ${busiest(queues, lines).map(
        ([name, queue]) => html`<li key=${name}>
          <span class="title">${queue.title}</span>
          <span class="waits">${(lines[name] || []).length}</span>
          <span class="longest">
            ${lines[name] ? html`<${Since} at=${lines[name][0][1].entered_at} late=${queue.threshold_s} />` : "–"}
          </span>
          <span class="level">${percent(queue.service_level)}</span>
        </li>`,
      )}
    </ul>
  </main>`;
}

/** As many queues as fit, those with most callers first; in the order of the site otherwise. */
function busiest(queues, lines) {
  const count = ([name]) => (lines[name] || []).length;
  return Object.entries(queues)
    .sort((one, other) => count(other) - count(one))
    .slice(0, QUEUES_MAX);
}

const Tile = ({ name, alarm, children }) => html`<section class=${alarm ? "tile alarm" : "tile"}>
  <h2>${name}</h2>
  <p class="value">${children}</p>
</section>`;

forWhom(() => {
  const live = new Live(() => {
    if (!live.known) return;
    render(html`<${Board} live=${live} />`, document.body);
    tick();
  }, refused);
  const tick = run(() => live.now());
});
