// The calls at a desk: what is known of them, and what can be done with them.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { Since, span } from "/static/time.js";
import { spaced } from "/static/words.js";

const CONSULT = "*3"; // as in the site's feature codes
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const NAMES = { "*": "star", "#": "hash" };
const SAID = {
  ringing: "rings",
  answering: "is being connected",
  dialling: "is being called",
  talking: "talks to you",
};

export function Lines({ phone, own }) {
  if (!phone.lines.length) return html`<p>Nobody is on the line.</p>`;
  return html`<ul class="lines-of-desk">
    ${phone.lines.map(
      (line) => html`<li key=${line.id} class=${`line ${line.state}`}>
        <${Call} line=${line} phone=${phone} own=${own} />
      </li>`,
    )}
  </ul>`;
}

function Call({ line, phone, own }) {
  const [keypad, setKeypad] = useState(false);
  const consults = line.number.startsWith(CONSULT);
  const who = (consults ? line.number.slice(CONSULT.length) : line.number) || "withheld";
  // What a caller from a queue is called by is the queue, which stands below.
  const named = line.name && line.name !== who && line.name !== own.desk?.queue;
  return html`<h3>
      <span class="who">${named ? `${line.name}, ` : ""}${who}</span>
      <span>${line.held ? "is on hold" : SAID[line.state]}</span>
      ${line.startedAt > 0 && html`<${Since} at=${line.startedAt + own.aheadMs / 1000} />`}
      ${line.muted && !line.held && html`<span class="badge">you are muted</span>`}
    </h3>
    ${line.incoming && html`<${Context} own=${own} />`}
    <div class="actions">
      ${line.state === "ringing" && html`<${Answer} onClick=${() => phone.answer(line)} who=${who} />`}
      ${line.state === "talking" &&
      html`<button onClick=${() => (line.held ? phone.takeBack(line) : line.hold())}>
          ${line.held ? "Take back" : "Hold"}<span class="aside"> ${who}</span>
        </button>
        <button onClick=${() => line.mute(!line.muted)}>
          ${line.muted ? "Unmute" : "Mute"}<span class="aside"> yourself with ${who}</span>
        </button>
        <button aria-expanded=${String(keypad)} onClick=${() => setKeypad(!keypad)}>
          Keypad<span class="aside"> for ${who}</span>
        </button>`}
      ${consults
        ? html`<${Consultation} line=${line} who=${who} />`
        : html`<button class="danger" onClick=${() => line.hangUp()}>
            ${line.state === "ringing" ? "Decline" : "Hang up"}<span class="aside"> ${who}</span>
          </button>`}
    </div>
    ${keypad && line.state === "talking" && html`<${Keypad} press=${(key) => line.press(key)} />`}`;
}

/** How a consultation ends: the caller is theirs, is brought in, or stays with this agent. */
function Consultation({ line, who }) {
  return html`<button class="primary" onClick=${() => line.hangUp()}>
      Hand over<span class="aside"> the caller to ${who}</span>
    </button>
    ${line.state === "talking" &&
    html`<button onClick=${() => line.press("#")}>Bring the caller in</button>
      <button onClick=${() => line.press("*")}>Back to the caller</button>`}`;
}

/** What the routing knows of the caller at this desk. */
function Context({ own }) {
  const { agent, call, talk, queue } = own.desk || {};
  if (!agent?.call) return null;
  return html`<dl class="context">
    ${queue && html`<div><dt>Queue</dt><dd>${queue}</dd></div>`}
    ${own.queuedAt !== undefined &&
    html`<div>
      <dt>Waited</dt>
      <dd>${talk ? span(talk.since - own.queuedAt) : html`<${Since} at=${own.queuedAt} />`}</dd>
    </div>`}
    ${call?.callback && html`<div><dt>Kind</dt><dd>call-back</dd></div>`}
    ${talk?.private && html`<div><dt>Recording</dt><dd>stopped: private data</dd></div>`}
    ${Object.entries(own.collected).map(
      ([name, value]) => html`<div key=${name}><dt>${spaced(name)}</dt><dd>${value}</dd></div>`,
    )}
  </dl>`;
}

/** Takes the focus when nothing else has it, so that Enter answers. */
function Answer({ onClick, who }) {
  const button = useRef();
  useEffect(() => {
    if (document.activeElement === document.body) button.current.focus();
  }, []);
  return html`<button ref=${button} class="primary" onClick=${onClick}>
    Answer<span class="aside"> ${who}</span>
  </button>`;
}

/** Buttons, and the keys of the keyboard while the focus is among them. */
function Keypad({ press }) {
  const typed = ({ key }) => KEYS.includes(key) && press(key);
  return html`<div class="keypad" role="group" aria-label="Keypad" onKeyDown=${typed}>
    ${KEYS.map(
      (key) => html`<button key=${key} onClick=${() => press(key)}>
        ${key}<span class="aside">${NAMES[key] ? ` ${NAMES[key]}` : ""}</span>
      </button>`,
    )}
  </div>`;
}
