// Who talks, and listening in on one's own phone.

import { html } from "/static/vendor/preact-htm.js";
import { Still } from "/static/parts.js";
import { Since } from "/static/time.js";
import { ATTENDING, MODES } from "/static/words.js";
import { hangUp } from "/static/waiting.js";

const ROWS_MAX = 200;

export function Talks({ talks, queues, ...shared }) {
  const all = Object.entries(talks).sort(([, one], [, other]) => one.since - other.since);
  return html`<section aria-labelledby="talks-title" class="talks">
    <h2 id="talks-title">Conversations</h2>
    ${all.length === 0
      ? html`<p>Nobody talks to a caller.</p>`
      : html`<table>
          <caption class="aside">Conversations under way</caption>
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">Caller</th>
              <th scope="col">Queue</th>
              <th scope="col">Talks</th>
              <th scope="col">Listening in</th>
              <th scope="col"><span class="aside">Actions</span></th>
            </tr>
          </thead>
          <tbody>
            ${all
              .slice(0, ROWS_MAX)
              .map(
                ([agent, talk]) =>
                  html`<${Row} key=${agent} talk=${talk} title=${queues[talk.queue]?.title || talk.queue} ...${shared} />`,
              )}
          </tbody>
        </table>`}
    ${all.length > ROWS_MAX && html`<p>and ${all.length - ROWS_MAX} more</p>`}
  </section>`;
}

class Row extends Still {
  shouldComponentUpdate(next) {
    return next.talk !== this.props.talk;
  }

  render({ talk, title, me, nameOf, act, ask }) {
    const name = nameOf(talk.agent);
    const caller = talk.caller || "withheld";
    const others = Object.entries(talk.attending).filter(([who]) => who !== me.agent);
    return html`<tr>
      <th scope="row">${name}</th>
      <td>${caller}</td>
      <td>${title}</td>
      <td>
        <${Since} at=${talk.since} />
        ${talk.held_since != null && html` <span class="badge">on hold <${Since} at=${talk.held_since} /></span>`}
        ${talk.help_since != null && html` <span class="badge">asks for help</span>`}
        ${talk.private && html` <span class="badge">private</span>`}
      </td>
      <td>${others.map(([who, mode]) => `${nameOf(who)} ${ATTENDING[mode] || mode}`).join(", ")}</td>
      <td class="buttons">
        <${Ear} agent=${talk.agent} name=${name} mode=${talk.attending[me.agent]} act=${act} />
        <button class="danger" onClick=${() => ask(hangUp(talk.call, caller))}>
          Hang up<span class="aside"> on ${caller}, who talks to ${name}</span>
        </button>
      </td>
    </tr>`;
  }
}

function Ear({ agent, name, mode, act }) {
  if (!mode) {
    return html`<button onClick=${() => act("agents", agent, "listen")}>
      Listen<span class="aside"> to ${name}</span>
    </button>`;
  }
  const end = html`<button onClick=${() => act("supervision", "end")}>
    End<span class="aside"> listening to ${name}</span>
  </button>`;
  if (!(mode in MODES)) return html`<span>your phone ${mode === "ringing" ? "rings" : "waits"}</span> ${end}`;
  return html`<span role="group" aria-label=${`How you are with ${name}`} class="modes">
      ${Object.entries(MODES).map(
        ([one, title]) => html`<button
          aria-pressed=${String(one === mode)}
          onClick=${() => act("supervision", "mode", one)}
        >
          ${title}
        </button>`,
      )}
    </span>
    ${end}`;
}
