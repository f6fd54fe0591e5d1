// The supervisor's view: who waits and why, who works, who talks; and what can be done about it.

import { html, render, useState } from "/static/vendor/preact-htm.js";
import { path, post } from "/static/api.js";
import { Agents } from "/static/agents.js";
import { Alarms, Closures, Top } from "/static/house.js";
import { Bell, asking } from "/static/help.js";
import { Live } from "/static/live.js";
import { bell } from "/static/ringer.js";
import { forWhom, refused } from "/static/session.js";
import { Talks } from "/static/talks.js";
import { run } from "/static/time.js";
import { Waiting } from "/static/waiting.js";

function Page({ live, me }) {
  const [dialog, setDialog] = useState(null);
  const [notice, setNotice] = useState("");
  const agents = live.of("agent");
  const nameOf = (agent) => agents[agent]?.name || agent;
  const act = async (...parts) => {
    setNotice("");
    try {
      await post(path(...parts));
    } catch (problem) {
      setNotice(problem.message);
    }
  };
  const shared = { live, me, nameOf, act, ask: (one) => setDialog(() => one) };
  return html`
    <${Top} ...${shared} />
    <${Alarms} alarms=${live.of("alarm")} />
    <p class="notice" role="alert">${notice}</p>
    <${Bell} ...${shared} talks=${live.of("talk")} queues=${live.of("queue")} />
    <main class=${live.connected ? "" : "stale"}>
      <${Waiting} ...${shared} calls=${live.of("call")} queues=${live.of("queue")} />
      <${Talks} ...${shared} talks=${live.of("talk")} queues=${live.of("queue")} />
      <${Agents} ...${shared} agents=${agents} talks=${live.of("talk")} />
      <${Closures} ...${shared} closures=${live.of("closure")} />
    </main>
    ${dialog && dialog(() => setDialog(null))}`;
}

forWhom((me) => {
  const live = new Live(() => {
    render(html`<${Page} live=${live} me=${me} />`, document.body);
    bell(asking(live.of("talk")).length > 0);
    tick();
  }, refused);
  const tick = run(() => live.now());
});
