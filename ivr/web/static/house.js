// The house as a whole: what is at the top of the page, what is wrong, what is closed.

import { html } from "/static/vendor/preact-htm.js";
import { path, post, remove, toSignIn } from "/static/api.js";
import { Dialog } from "/static/dialog.js";
import { counted } from "/static/parts.js";
import { Since } from "/static/time.js";
import { spaced } from "/static/words.js";

export function Top({ live, me }) {
  const states = counted(live.of("agent"));
  const leave = async () => {
    await remove("/api/session");
    toSignIn();
  };
  return html`<header>
    <h1>Console</h1>
    <ul class="figures" aria-label="Now">
      <${Figure} value=${Object.keys(live.of("call")).length} name="waiting" />
      <${Figure} value=${states.on_call || 0} name="on a call" />
      <${Figure} value=${states.available || 0} name="available" />
      <${Figure} value=${states.paused || 0} name="paused" />
    </ul>
    <p role="status" class=${live.connected ? "link up" : "link down"}>
      ${live.connected ? "live" : "no connection: what you see is old, trying again"}
    </p>
    <nav>
      ${me.agent && html`<a href="/desk">Desk</a>`}
      <a href="/wallboard">Wallboard</a>
      ${me.permissions.includes("review") && html`<a href="/recordings">Recordings</a>`}
      <span class="who">${me.name}</span>
      <button onClick=${leave}>Sign out</button>
    </nav>
  </header>`;
}

const Figure = ({ value, name }) => html`<li><strong>${value}</strong> ${name}</li>`;

export function Alarms({ alarms }) {
  const found = Object.keys(alarms).sort();
  if (!found.length) return null;
  return html`<section class="alarms" role="alert" aria-label="Alarms">
    <ul>
      ${found.map((one) => html`<li key=${one}>${one}</li>`)}
    </ul>
  </section>`;
}

export function Closures({ closures, ask }) {
  return html`<section aria-labelledby="closures-title" class="closures">
    <h2 id="closures-title">Emergency closures</h2>
    <ul>
      ${Object.entries(closures).map(
        ([name, one]) => html`<li key=${name} class=${one.closed ? "closed" : ""}>
          <span class="name">${titleOf(name)}</span>
          <span>
            ${one.closed
              ? html`closed for <${Since} at=${one.since} /> by ${one.by}`
              : "not closed"}
          </span>
          <button onClick=${() => ask(question(name, one.closed))}>
            ${one.closed ? "Lift" : "Close"}<span class="aside"> ${titleOf(name)}</span>
          </button>
        </li>`,
      )}
    </ul>
  </section>`;
}

const titleOf = (name) => (name === "house" ? "The whole house" : spaced(name));

const question = (name, closed) => (close) =>
  html`<${Dialog}
    title=${closed ? `Lift the closure of ${titleOf(name)}?` : `Close ${titleOf(name)} now?`}
    confirm=${closed ? "Lift" : "Close"}
    danger=${!closed}
    close=${close}
    submit=${() => post(path("closures", name, closed ? "open" : "close"))}
  >
    <p>
      ${closed
        ? "Callers are served again, by opening hours."
        : "From now on callers hear that it is closed, whatever the opening hours say."}
    </p>
  <//>`;
