// One's own figures of today.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/api.js";
import { span } from "/static/time.js";
import { percent } from "/static/words.js";

const EVERY_MS = 60000;
const SOON_MS = [500, 4000]; // what has just happened is in the journal a moment later; a talk's end
// when its recording is whole, and figures are kept for two seconds

/** Asked for again whenever `changed` differs, and every minute. */
export function Numbers({ changed }) {
  const [numbers, setNumbers] = useState(null);
  useEffect(() => {
    const ask = () => get("/api/desk/numbers").then(setNumbers, () => {}); // what was known stays
    const soon = SOON_MS.map((delayMs) => setTimeout(ask, delayMs));
    const often = setInterval(ask, EVERY_MS);
    return () => {
      soon.forEach(clearTimeout);
      clearInterval(often);
    };
  }, [changed]);
  if (!numbers) return null;
  return html`<div role="group" aria-labelledby="numbers-title">
    <h3 id="numbers-title">Today</h3>
    <dl class="context">
      <${Figure} name="Calls" value=${numbers.conversations} />
      <${Figure} name="Talk, each" value=${length(numbers.talk_mean_s)} />
      <${Figure} name="Writing up, each" value=${length(numbers.wrap_up_mean_s)} />
      <${Figure} name="Occupancy" value=${percent(numbers.occupancy)} />
      <${Figure} name="Missed" value=${numbers.missed} />
    </dl>
  </div>`;
}

const Figure = ({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

const length = (seconds) => (seconds == null ? "–" : span(seconds));
