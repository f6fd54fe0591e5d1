// Signing in.

import { html, render, useState } from "/static/vendor/preact-htm.js";
import { post } from "/static/api.js";

/** Where to go on; only places of this server, and an agent's own is the desk. */
function onward(me) {
  const then = new URLSearchParams(location.search).get("then") || "/";
  const place = /^\/[a-z]*$/.test(then) ? then : "/";
  return place === "/" && !me.permissions.includes("watch") ? "/desk" : place;
}

function SignIn() {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const [change, setChange] = useState(null);
  const send = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    setBusy(true);
    setError("");
    try {
      await (change ? renew(change, form) : enter(form));
    } catch (problem) {
      setError(problem.message);
    }
    setBusy(false);
  };
  const enter = async (form) => {
    const said = await post("/api/session", {
      name: form.get("name"),
      password: form.get("password"),
    });
    if (said.must_change) setChange(form.get("password"));
    else location.assign(onward(said));
  };
  const renew = async (old, form) => {
    if (form.get("password") !== form.get("again")) throw new Error("The two are not the same.");
    const me = await post("/api/session/password", { old, new: form.get("password") });
    location.assign(onward(me));
  };
  return html`<main class="signin">
    <form onSubmit=${send}>
      <h1>${change ? "Choose a new password" : "Sign in"}</h1>
      ${change ? html`<${NewPassword} />` : html`<${Credentials} />`}
      ${error && html`<p role="alert" class="error">${error}</p>`}
      <button class="primary" disabled=${busy}>${change ? "Change" : "Sign in"}</button>
    </form>
  </main>`;
}

const Credentials = () => html`
  <label>Name <input name="name" autocomplete="username" required autofocus /></label>
  <label>Password
    <input name="password" type="password" autocomplete="current-password" required />
  </label>`;

const NewPassword = () => html`
  <label>New password
    <input name="password" type="password" autocomplete="new-password" required autofocus />
  </label>
  <label>Once more
    <input name="again" type="password" autocomplete="new-password" required />
  </label>`;

render(html`<${SignIn} />`, document.body);
