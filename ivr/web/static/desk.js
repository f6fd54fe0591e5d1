// An agent's own page: their state, and their phone in the browser.

import { html, render, useState } from "/static/vendor/preact-htm.js";
import { path, post, remove, toSignIn } from "/static/api.js";
import { Lines } from "/static/lines.js";
import { Numbers } from "/static/numbers.js";
import { OwnDesk } from "/static/owndesk.js";
import { Phone } from "/static/phone.js";
import { ring } from "/static/ringer.js";
import { Pop } from "/static/pop.js";
import { Script } from "/static/script.js";
import { forWhom, refused } from "/static/session.js";
import { Since, run } from "/static/time.js";
import { STATES, spaced } from "/static/words.js";
import { WrapUp } from "/static/wrapup.js";

const PHONE = {
  connecting: "phone: connecting",
  ready: "phone ready",
  lost: "phone: no connection, trying again",
  elsewhere: "phone: opened in another page",
  refused: "no phone here",
  none: "phone on your desk",
};
const REASONS = {
  rona: "after a call that was not taken",
  no_disposition: "no disposition was given for the last call",
};
const WELL = ["ready", "none"];
const MORE_S = 60;
const LINES_MAX = 2; // a caller, and whom one asks about them

function Page({ me, own, phone }) {
  const [notice, setNotice] = useState("");
  const order = async (word, query = "") => {
    setNotice("");
    try {
      await post(path("agents", me.agent, word) + query);
    } catch (problem) {
      setNotice(problem.message);
    }
  };
  const leave = async () => {
    phone.stop();
    await remove("/api/session");
    toSignIn();
  };
  const ringing = phone.lines.find((line) => line.state === "ringing");
  return html`<header>
      <h1>Desk</h1>
      <p role="status" class=${WELL.includes(phone.state) && own.connected ? "link up" : "link down"}>
        ${own.connected ? PHONE[phone.state] : "no connection to the server, trying again"}
      </p>
      <nav>
        ${me.permissions.includes("watch") && html`<a href="/">Console</a>`}
        <span class="who">${own.desk?.agent?.name || me.name}</span>
        <button onClick=${leave}>Sign out</button>
      </nav>
    </header>
    <p class="notice" role="alert">${notice || phone.problem}</p>
    <p class="aside" role="alert">${ringing ? `Call from ${ringing.number || "withheld"}` : ""}</p>
    <main class=${own.connected ? "desk" : "desk stale"}>
      <${State} own=${own} order=${order} />
      <section aria-labelledby="phone-title" class="phone">
        <h2 id="phone-title">Phone</h2>
        ${phone.state === "elsewhere" &&
        html`<p>This phone is open in another page. <button onClick=${() => phone.start()}>Use it here</button></p>`}
        ${phone.state === "none"
          ? html`<p>You have a telephone. With <code>phone: browser</code> in site.yaml it would be here.</p>`
          : html`<${Lines} phone=${phone} own=${own} />`}
        ${own.guidance?.pop &&
        html`<${Pop}
          address=${own.guidance.pop}
          auto=${own.guidance.pop_auto}
          matter=${own.matter}
          talking=${Boolean(own.desk.talk)}
        />`}
        ${phone.state === "ready" && phone.lines.length < LINES_MAX && html`<${Dial} phone=${phone} own=${own} />`}
        ${["ready", "none"].includes(phone.state) && !phone.lines.length && html`<${CallOut} phone=${phone} />`}
      </section>
      ${own.guidance?.script && html`<${Script} text=${own.guidance.script} />`}
      ${own.desk?.disposition &&
      html`<${WrapUp}
        key=${own.desk.disposition.call}
        me=${me}
        about=${own.desk.disposition}
        owes=${own.desk.agent?.owes_disposition}
      />`}
    </main>`;
}

function State({ own, order }) {
  const agent = own.desk?.agent;
  if (!agent) return html`<section aria-label="You"><p>No news of you yet.</p></section>`;
  const out = agent.state === "logged_out";
  return html`<section aria-labelledby="you-title" class="you">
    <h2 id="you-title">You</h2>
    <p class=${`agent state ${agent.state}`}>
      <strong>${STATES[agent.state]}</strong>
      ${agent.reason && agent.state === "paused" && html` <span>${REASONS[agent.reason] || spaced(agent.reason)}</span>`}
      ${!out && html` <${Since} at=${agent.since} />`}
    </p>
    ${agent.later && html`<p>After this call: ${agent.later === "log_out" ? "logged out" : "paused"}.</p>`}
    ${!out && !agent.reachable && html`<p class="error">Your phone is out of reach: no call can come.</p>`}
    ${!out && agent.reachable && agent.busy && html`<p>Your phone is in a call: no other comes.</p>`}
    <div class="actions">
      ${out && html`<button class="primary" onClick=${() => order("log-in")}>Log in</button>`}
      ${["paused", "wrap_up"].includes(agent.state) &&
      html`<button class="primary" onClick=${() => order("ready")}>Ready</button>`}
      ${agent.state === "wrap_up" &&
      html`<button onClick=${() => order("extend-wrap-up", `?seconds=${MORE_S}`)}>A minute more</button>`}
      ${own.desk.talk && html`<${AskForHelp} since=${own.desk.talk.help_since} order=${order} />`}
      ${!out && html`<button onClick=${() => order("log-out")}>Log out</button>`}
    </div>
    ${!out && html`<${Pause} reasons=${own.desk.pause_reasons} order=${order} />`}
    <${Numbers} changed=${agent.since} />
  </section>`;
}

/** Rings the bell on the supervisors' consoles, until one of them listens. */
function AskForHelp({ since, order }) {
  if (since == null) return html`<button onClick=${() => order("ask-for-help")}>Ask for help</button>`;
  return html`<span class="row">
    <span>You ask for help <${Since} at=${since} /></span>
    <button onClick=${() => order("withdraw-help")}>No help needed</button>
  </span>`;
}

function Pause({ reasons, order }) {
  if (!reasons.length) return null;
  const send = (event) => {
    event.preventDefault();
    order("pause", `?reason=${encodeURIComponent(new FormData(event.target).get("reason"))}`);
  };
  return html`<form class="row" onSubmit=${send}>
    <label>Reason
      <select name="reason">
        ${reasons.map((one) => html`<option key=${one} value=${one}>${spaced(one)}</option>`)}
      </select>
    </label>
    <button>Pause</button>
  </form>`;
}

/** A number to call; or, while somebody is on the line, whom to hand them on to. */
function Dial({ phone, own }) {
  const [number, setNumber] = useState("");
  const dial = (code) => {
    phone.dial(code + number.replace(/[^0-9*#+]/g, ""));
    setNumber("");
  };
  const talks = own.desk?.talk && phone.lines.some((line) => line.incoming && line.state === "talking");
  const send = (event) => {
    event.preventDefault();
    dial(talks ? "*2" : "");
  };
  return html`<form class="row dial" onSubmit=${send}>
    <label>${talks ? "Hand on to" : "Number or code"}
      <input
        type="tel"
        name="number"
        autocomplete="off"
        pattern="[0-9*#+ \\-]+"
        required
        value=${number}
        onInput=${(event) => setNumber(event.target.value)}
      />
    </label>
    <button>${talks ? "Transfer" : "Call"}</button>
    ${talks && html`<button type="button" disabled=${!number} onClick=${() => dial("*3")}>Consult</button>`}
    ${talks && html`<button type="button" onClick=${() => phone.dial("*8")}>Park</button>`}
  </form>`;
}

/** A number outside: one's own phone rings first, and this page's answers by itself. */
function CallOut({ phone }) {
  const [said, setSaid] = useState("");
  const send = async (event) => {
    event.preventDefault();
    const number = new FormData(event.target).get("outside").replace(/[^0-9+]/g, "");
    setSaid("");
    if (phone.state === "ready") phone.expect(number);
    try {
      await post("/api/click-to-call", { number });
      if (phone.state === "none") setSaid("Your phone rings.");
    } catch (problem) {
      phone.expectNobody();
      setSaid(problem.message);
    }
  };
  return html`<form class="row" onSubmit=${send}>
    <label>Customer's number
      <input type="tel" name="outside" autocomplete="off" pattern="[+]?[0-9 ()./\-]+" required />
    </label>
    <button>Call out</button>
    <span aria-live="polite">${said}</span>
  </form>`;
}

const NobodyOfTheSite = ({ me }) => html`<main class="signin">
  <p role="alert">${me.name}, your account is no agent of the site: <code>ivr user role ${me.name} --agent KEY</code></p>
</main>`;

forWhom((me) => {
  if (!me.agent) return render(html`<${NobodyOfTheSite} me=${me} />`, document.body);
  const draw = () => {
    render(html`<${Page} me=${me} own=${own} phone=${phone} />`, document.body);
    ring(phone.lines.some((line) => line.state === "ringing"));
    tick?.();
  };
  let tick;
  const phone = new Phone(() => draw());
  const own = new OwnDesk(() => draw(), refused);
  draw();
  tick = run(() => own.now());
  phone.start();
  addEventListener("beforeunload", (event) => phone.inCall && event.preventDefault());
  addEventListener("pagehide", () => phone.stop());
}, "work");
