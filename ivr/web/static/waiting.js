// Who waits: by queue, the longest wait first, and why nobody serves them yet.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { get, path, post } from "/static/api.js";
import { Dialog } from "/static/dialog.js";
import { Still, waiting } from "/static/parts.js";
import { Since } from "/static/time.js";
import { expected, percent, why } from "/static/words.js";

const ROWS_MAX = 25; // of one queue; more nobody reads, and an old laptop would feel them

export function Waiting({ calls, queues, ...shared }) {
  const lines = waiting(calls);
  return html`<section aria-labelledby="waiting-title" class="waiting">
    <h2 id="waiting-title">Callers waiting</h2>
    ${Object.entries(queues).map(
      ([name, queue]) => html`<${Queue}
        key=${name}
        queue=${queue}
        line=${lines[name] || []}
        ...${shared}
      />`,
    )}
  </section>`;
}

function Queue({ queue, line, ...shared }) {
  const longest = line[0]?.[1].entered_at;
  return html`<div class="queue">
    <h3>
      ${queue.title}
      <span class="count">${line.length} waiting</span>
      ${longest != null && html`<span>longest <${Since} at=${longest} late=${queue.threshold_s} /></span>`}
      <span class="level">
        ${queue.service_level == null
          ? "nobody answered in the last half hour"
          : `${percent(queue.service_level)} answered within ${queue.threshold_s} s (goal ${percent(queue.target)})`}
      </span>
    </h3>
    ${line.length > 0 &&
    html`<table>
      <caption class="aside">Callers waiting for ${queue.title}</caption>
      <thead>
        <tr>
          <th scope="col">Waits</th>
          <th scope="col">Caller</th>
          <th scope="col">Needs</th>
          <th scope="col">Expected</th>
          <th scope="col">Why not served</th>
          <th scope="col"><span class="aside">Actions</span></th>
        </tr>
      </thead>
      <tbody>
        ${line
          .slice(0, ROWS_MAX)
          .map(([id, call]) => html`<${Row} key=${id} id=${id} call=${call} late=${queue.threshold_s}
            able=${shared.live.of("able")[call.skills]} ...${shared} />`)}
      </tbody>
    </table>`}
    ${line.length > ROWS_MAX && html`<p>and ${line.length - ROWS_MAX} more</p>`}
  </div>`;
}

class Row extends Still {
  shouldComponentUpdate(next) {
    return next.call !== this.props.call || next.able !== this.props.able;
  }

  render({ id, call, able, late, live, nameOf, ask }) {
    const caller = call.caller || "withheld";
    return html`<tr>
      <td><${Since} at=${call.entered_at} late=${late} /></td>
      <td>${caller}${call.callback ? " (call back)" : ""}</td>
      <td>
        ${call.skills ? html`<code>${call.skills}</code>` : "anybody"}
        ${call.priority !== 0 && html` <span class="badge">priority ${call.priority}</span>`}
      </td>
      <td>${expected(call, live.now())}</td>
      <td>${why(call, able || {}, nameOf, live.now())}</td>
      <td class="buttons">
        <button onClick=${() => ask(explanation(id, caller, nameOf))}>
          Why<span class="aside"> does ${caller} wait</span>
        </button>
        <button onClick=${() => ask(priority(id, call, caller))}>
          Priority<span class="aside"> of ${caller}</span>
        </button>
        ${!call.callback &&
        html`<button class="danger" onClick=${() => ask(hangUp(id, caller))}>
          Hang up<span class="aside"> on ${caller}</span>
        </button>`}
      </td>
    </tr>`;
  }
}

const priority = (id, call, caller) => (close) =>
  html`<${Dialog}
    title=${`Priority of ${caller}`}
    confirm="Set"
    close=${close}
    submit=${(form) => post(`${path("calls", id, "priority")}?points=${Number(form.get("points"))}`)}
  >
    <label>
      Points, from -100 to 100; one counts like a minute of waiting
      <input name="points" type="number" min="-100" max="100" value=${call.priority} required />
    </label>
  <//>`;

export const hangUp = (id, caller) => (close) =>
  html`<${Dialog}
    title=${`Hang up on ${caller}?`}
    confirm="Hang up"
    danger
    close=${close}
    submit=${() => post(path("calls", id, "hang-up"))}
  >
    <p>The call ends at once, without a word to the caller.</p>
  <//>`;

const explanation = (id, caller, nameOf) => (close) =>
  html`<${Dialog} title=${`Why ${caller} waits`} close=${close} submit=${close}>
    <${Explanation} id=${id} nameOf=${nameOf} />
  <//>`;

const CANDIDATES_MAX = 30;

function Explanation({ id, nameOf }) {
  const [said, setSaid] = useState(null);
  const [error, setError] = useState("");
  useEffect(() => {
    get(path("calls", id, "explain")).then(setSaid, (problem) => setError(problem.message));
  }, [id]);
  if (error) return html`<p role="alert" class="error">${error}</p>`;
  if (!said) return html`<p>asking …</p>`;
  return html`<p>Place ${said.position} in this queue.</p>
    <ul class="reasons">
      ${said.candidates.slice(0, CANDIDATES_MAX).map(
        (one) => html`<li>
          <strong>${nameOf(one.agent)}</strong> ${one.excluded || `could be rung: ${one.value}`}
        </li>`,
      )}
    </ul>`;
}
