// Agents who ask for help: a bell, and a click to be with them.

import { html } from "/static/vendor/preact-htm.js";
import { Since } from "/static/time.js";

/** Talks [agent, talk] whose agents ask, the longest first. */
export const asking = (talks) =>
  Object.entries(talks)
    .filter(([, talk]) => talk.help_since != null)
    .sort(([, one], [, other]) => one.help_since - other.help_since);

/** `act` sends an order to the server. */
export function Bell({ talks, queues, me, nameOf, act }) {
  return html`<div role="alert" aria-label="Calls for help" class="bell">
    ${asking(talks).map(
      ([agent, talk]) => html`<p key=${agent}>
        <span><strong>${nameOf(agent)}</strong> asks for help with a caller of ${queues[talk.queue]?.title || talk.queue}</span>
        <${Since} at=${talk.help_since} />
        ${me.agent && !talk.attending[me.agent] &&
        html`<button class="primary" onClick=${() => act("agents", agent, "listen")}>
          Listen<span class="aside"> to ${nameOf(agent)}, who asks for help</span>
        </button>`}
      </p>`,
    )}
  </div>`;
}
