// What became of the call: a code of its queue, and a note.

import { html, useState } from "/static/vendor/preact-htm.js";
import { path, post } from "/static/api.js";

const NOTE_MAX = 1000; // as the server takes it

/** The latest call's disposition. Made anew for each call: give it a `key`. */
export function WrapUp({ me, about, owes }) {
  const [code, setCode] = useState(about.code);
  const [note, setNote] = useState(about.note);
  const [said, setSaid] = useState("");
  const save = async (event) => {
    event.preventDefault();
    setSaid("");
    try {
      await post(path("agents", me.agent, "disposition"), { code, note, call: about.call });
      setSaid("Saved.");
    } catch (problem) {
      setSaid(problem.message);
    }
  };
  const due = owes && !about.code;
  return html`<section aria-labelledby="wrapup-title" class=${due ? "wrapup due" : "wrapup"}>
    <h2 id="wrapup-title">What became of it</h2>
    ${due && html`<p class="error">${about.queue} asks for this before you are ready again.</p>`}
    <form onSubmit=${save}>
      <label>Disposition
        <select name="code" required value=${code} onChange=${(event) => setCode(event.target.value)}>
          <option value="">choose</option>
          ${grouped(about.choices).map(([group, choices]) =>
            group
              ? html`<optgroup key=${group} label=${group}>${choices.map(choice)}</optgroup>`
              : choices.map(choice),
          )}
        </select>
      </label>
      <label>Note
        <textarea
          name="note"
          rows="4"
          maxlength=${NOTE_MAX}
          value=${note}
          onInput=${(event) => setNote(event.target.value)}
        />
      </label>
      <div class="actions">
        <button class=${due ? "primary" : ""}>Save</button>
        <span aria-live="polite">${said}</span>
      </div>
    </form>
  </section>`;
}

const choice = ({ code, title }) => html`<option key=${code} value=${code}>${title}</option>`;

/** [group, choices], in the order in which the groups first come. */
function grouped(choices) {
  const found = new Map();
  for (const one of choices) {
    const group = one.group || "";
    found.set(group, [...(found.get(group) || []), one]);
  }
  return [...found];
}
