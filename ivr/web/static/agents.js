// Who works, by state, and orders to them.

import { html } from "/static/vendor/preact-htm.js";
import { path, post } from "/static/api.js";
import { Dialog } from "/static/dialog.js";
import { Still } from "/static/parts.js";
import { Since } from "/static/time.js";
import { STATES, spaced } from "/static/words.js";

const ORDER = ["ringing", "reserved", "on_call", "wrap_up", "available", "paused", "logged_out"];

export function Agents({ agents, talks, live, ...shared }) {
  const groups = Object.fromEntries(ORDER.map((state) => [state, []]));
  for (const entry of Object.entries(agents)) groups[entry[1].state].push(entry);
  const site = live.of("site").site;
  return html`<section aria-labelledby="agents-title" class="agents">
    <h2 id="agents-title">Agents</h2>
    ${ORDER.filter((state) => groups[state].length).map(
      (state) => html`<div key=${state} class="group">
        <h3>${STATES[state]} <span class="count">${groups[state].length}</span></h3>
        <ul>
          ${groups[state]
            .sort(([, one], [, other]) => (one.since || 0) - (other.since || 0))
            .map(([id, agent]) => html`<${Person} key=${id} id=${id} agent=${agent} site=${site} ...${shared} />`)}
        </ul>
      </div>`,
    )}
  </section>`;
}

class Person extends Still {
  shouldComponentUpdate(next) {
    return next.agent !== this.props.agent || next.site !== this.props.site;
  }

  render({ id, agent, site, ask }) {
    return html`<li class=${`agent ${agent.state}`}>
      <span class="name">${agent.name}</span>
      <span class="team">${site?.teams[agent.team] || agent.team}</span>
      <span class="detail">${detail(agent)}</span>
      ${agent.state !== "logged_out" && html`<${Since} at=${agent.since} />`}
      <button onClick=${() => ask(orders(id, agent, site))}>
        Change<span class="aside"> the state of ${agent.name}</span>
      </button>
    </li>`;
  }
}

function detail(agent) {
  const found = [];
  if (agent.state === "paused") found.push(spaced(agent.reason));
  if (agent.queue && agent.state !== "available") found.push(spaced(agent.queue));
  if (agent.later) found.push(`then ${agent.later === "log_out" ? "logs out" : "pauses"}`);
  if (agent.state === "wrap_up" && agent.owes_disposition) found.push("disposition due");
  if (agent.state === "available" && !agent.reachable) found.push("phone out of reach");
  if (agent.state === "available" && agent.busy) found.push("phone busy");
  if (agent.state === "available" && agent.rest_until) found.push("rests after a missed call");
  return found.join(", ");
}

const orders = (id, agent, site) => (close) => {
  const choices = choicesOf(agent, site);
  return html`<${Dialog}
    title=${agent.name}
    confirm="Do it"
    close=${close}
    submit=${(form) => post(address(id, form.get("order")))}
  >
    <fieldset>
      <legend>${agent.name} is ${STATES[agent.state].toLowerCase()}. From now on:</legend>
      ${choices.map(
        ([order, title], place) => html`<label class="choice">
          <input type="radio" name="order" value=${order} checked=${place === 0} /> ${title}
        </label>`,
      )}
    </fieldset>
    ${agent.state === "on_call" && html`<p>It takes effect after the conversation.</p>`}
  <//>`;
};

function choicesOf(agent, site) {
  if (agent.state === "logged_out") return [["log-in", "Log in"]];
  const pauses = (site?.pause_reasons || []).map((one) => [`pause:${one}`, `Pause: ${spaced(one)}`]);
  const idle = agent.later || agent.state === "paused" || agent.state === "wrap_up";
  const ready = idle ? [["ready", "Ready"]] : [];
  return [...ready, ...pauses, ["log-out", "Log out"]];
}

function address(id, order) {
  const [word, reason] = order.split(":");
  const query = reason ? `?reason=${encodeURIComponent(reason)}` : "";
  return path("agents", id, word) + query;
}
