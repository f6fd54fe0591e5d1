// Who looks at the page, and whether they still may.

import { html, render } from "/static/vendor/preact-htm.js";
import { get, toSignIn } from "/static/api.js";

const AGAIN_MS = 2000;

/** Calls `show` with who is signed in, if the page is for them: those with this permission. Else
 * says so, or asks to sign in. */
export async function forWhom(show, permission = "watch") {
  let me;
  try {
    me = await get("/api/session");
  } catch (problem) {
    if (problem.status === 401) return toSignIn();
    return setTimeout(() => forWhom(show, permission), AGAIN_MS);
  }
  if (me.must_change) return toSignIn();
  if (me.permissions.includes(permission)) return show(me);
  return render(html`<${NotForYou} me=${me} />`, document.body);
}

const NotForYou = ({ me }) => html`<main class="signin">
  <p role="alert">${me.name}, your role (${me.role}) does not include this page.</p>
</main>`;

/** After a drop: true when there is no use in trying again. */
export async function refused() {
  try {
    await get("/api/session");
    return false;
  } catch (problem) {
    if (problem.status === 401) toSignIn();
    return problem.status === 401;
  }
}
