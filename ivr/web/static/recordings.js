// The library of recordings: looking for them, hearing them, seeing both sides of each.

import { html, render, useEffect, useState } from "/static/vendor/preact-htm.js";
import { get, path, remove, toSignIn } from "/static/api.js";
import { Player } from "/static/player.js";
import { forWhom } from "/static/session.js";
import { span } from "/static/time.js";
import { spaced } from "/static/words.js";

const RESULTS = ["", "ok", "short", "empty", "missing", "unverified", "recording"];
const COLUMNS = 8;
const SEES_NUMBERS = ["manager", "admin"];

function Page({ me }) {
  const [asked, setAsked] = useState({});
  const [found, setFound] = useState([]);
  const [more, setMore] = useState(0);
  const [problem, setProblem] = useState("");
  const [open, setOpen] = useState("");

  const ask = async (what, before) => {
    setProblem("");
    try {
      const words = new URLSearchParams(before ? { ...what, before } : what);
      const answer = await get(`/api/recordings?${words}`);
      setFound((known) => (before ? [...known, ...answer.recordings] : answer.recordings));
      setMore(answer.more);
    } catch (refused) {
      if (refused.status === 401) return toSignIn();
      setProblem(refused.message);
    }
  };
  const look = (event) => {
    event.preventDefault();
    const what = wanted(new FormData(event.target));
    setAsked(what);
    setOpen("");
    ask(what);
  };
  useEffect(() => void ask({}), []);
  return html`
    <${Top} me=${me} />
    <main class="library">
      <${Form} me=${me} look=${look} />
      <p class="notice" role="alert">${problem}</p>
      <section aria-labelledby="found-title">
        <h2 id="found-title">Recordings</h2>
        <p role="status" class="aside">${found.length} found</p>
        <table>
          <caption class="aside">Recordings, the latest first</caption>
          <thead>
            <tr>
              <th scope="col">Started</th>
              <th scope="col">Agent</th>
              <th scope="col">Queue</th>
              <th scope="col">Caller</th>
              <th scope="col">Length</th>
              <th scope="col">Result</th>
              <th scope="col">Disposition</th>
              <th scope="col"><span class="aside">Actions</span></th>
            </tr>
          </thead>
          <tbody>
            ${found.map(
              (one) =>
                html`<${Row}
                  key=${one.recording}
                  one=${one}
                  open=${open === one.recording}
                  turn=${() => setOpen(open === one.recording ? "" : one.recording)}
                />`,
            )}
          </tbody>
        </table>
        ${more > 0 && html`<p><button onClick=${() => ask(asked, more)}>Older ones</button></p>`}
      </section>
    </main>`;
}

function Top({ me }) {
  const leave = async () => {
    await remove("/api/session");
    toSignIn();
  };
  return html`<header>
    <h1>Recordings</h1>
    <nav>
      <a href="/">Console</a>
      <span class="who">${me.name}</span>
      <button onClick=${leave}>Sign out</button>
    </nav>
  </header>`;
}

function Form({ me, look }) {
  return html`<form class="look" onSubmit=${look} role="search" aria-label="Look for recordings">
    <label>From <input type="date" name="since" /></label>
    <label>To <input type="date" name="until" /></label>
    <label>Agent <input name="agent" maxlength="100" autocomplete="off" /></label>
    <label>Queue <input name="queue" maxlength="100" autocomplete="off" /></label>
    ${SEES_NUMBERS.includes(me.role) &&
    html`<label>Number <input name="caller" maxlength="100" autocomplete="off" /></label>`}
    <label>Call <input name="call" maxlength="100" autocomplete="off" /></label>
    <label>
      Result
      <select name="result">
        ${RESULTS.map((one) => html`<option value=${one}>${one || "any"}</option>`)}
      </select>
    </label>
    <label>Disposition <input name="disposition" maxlength="40" autocomplete="off" /></label>
    <label>At least, s <input type="number" name="seconds_min" min="0" max="86400" /></label>
    <button class="primary">Look</button>
  </form>`;
}

/** What the form says, as the API takes it: days are those of whoever looks. */
function wanted(form) {
  const said = Object.fromEntries([...form].filter(([, value]) => value !== ""));
  if (said.since) said.since = midnight(said.since, 0);
  if (said.until) said.until = midnight(said.until, 1);
  return said;
}

function midnight(day, later) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later) / 1000;
}

function Row({ one, open, turn }) {
  const when = new Date(one.started_at * 1000).toLocaleString();
  const who = one.agent || "the flow";
  return html`<tr>
      <th scope="row">${when}</th>
      <td>${who}</td>
      <td>${one.queue || "–"}</td>
      <td>${one.caller || "withheld"}</td>
      <td>${span(one.seconds)}</td>
      <td>${one.result}</td>
      <td>${one.disposition ? spaced(one.disposition) : "–"}</td>
      <td class="buttons">
        ${one.playable
          ? html`<button aria-expanded=${String(open)} onClick=${turn}>
              ${open ? "Close" : "Play"}<span class="aside"> the recording of ${who}, ${when}</span>
            </button>`
          : html`<span>${one.deleted ? "deleted" : "no sound"}</span>`}
      </td>
    </tr>
    ${open &&
    html`<tr class="player">
      <td colspan=${COLUMNS}>
        ${one.note && html`<p class="note">${one.note}</p>`}
        <${Player} one=${one} address=${path("recordings", one.recording, "sound")} />
      </td>
    </tr>`}`;
}

forWhom((me) => render(html`<${Page} me=${me} />`, document.body), "review");
