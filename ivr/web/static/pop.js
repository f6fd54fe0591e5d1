// Another system's page about the caller: by a button, or by itself when the talk begins.

import { html, useEffect } from "/static/vendor/preact-htm.js";

const POPPED = "popped"; // so that a page that is loaded again opens nothing twice

/** `call` now at this desk, and whether it is talked to. */
export function Pop({ address, auto, call, talking }) {
  useEffect(() => {
    if (!auto || !talking || sessionStorage.getItem(POPPED) === call) return;
    sessionStorage.setItem(POPPED, call);
    open(address, "_blank", "noopener,noreferrer");
  }, [address, auto, call, talking]);
  return html`<p>
    <a class="button" href=${address} target="_blank" rel="noopener noreferrer">Open the customer's page</a>
  </p>`;
}
