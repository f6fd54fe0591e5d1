// Another system's page about the caller: by a button, or by itself when the talk begins.

import { html, useEffect } from "/static/vendor/preact-htm.js";

const POPPED = "popped"; // so that a page that is loaded again opens nothing twice

/** The `matter` now at this desk, and whether it is talked about. */
export function Pop({ address, auto, matter, talking }) {
  useEffect(() => {
    if (!auto || !talking || sessionStorage.getItem(POPPED) === matter) return;
    sessionStorage.setItem(POPPED, matter);
    open(address, "_blank", "noopener,noreferrer");
  }, [address, auto, matter, talking]);
  return html`<p>
    <a class="button" href=${address} target="_blank" rel="noopener noreferrer">Open the customer's page</a>
  </p>`;
}
