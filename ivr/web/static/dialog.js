// A question before something happens, and what came of it.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";

/** `children` inside a form; `submit` is awaited, what it throws is shown, and it stays open. */
export function Dialog({ title, submit, confirm, danger, close, children }) {
  const element = useRef();
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => element.current.showModal(), []);
  const send = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError("");
    try {
      await submit(new FormData(event.target));
      close();
    } catch (problem) {
      setError(problem.message);
      setBusy(false);
    }
  };
  return html`<dialog ref=${element} onClose=${close} aria-labelledby="dialog-title">
    <form onSubmit=${send}>
      <h2 id="dialog-title">${title}</h2>
      ${children}
      ${error && html`<p role="alert" class="error">${error}</p>`}
      <div class="buttons">
        ${confirm &&
        html`<button class=${danger ? "danger" : "primary"} disabled=${busy}>${confirm}</button>`}
        <button type="button" onClick=${close}>${confirm ? "Cancel" : "Close"}</button>
      </div>
    </form>
  </dialog>`;
}
