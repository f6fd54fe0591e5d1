// What to say: text with a few marks, made into elements; never into markup.

import { html } from "/static/vendor/preact-htm.js";

const HEADING = /^#{1,6}\s+(.*)/;
const BULLET = /^\s*[-*]\s+(.*)/;
const NUMBER = /^\s*\d{1,3}[.)]\s+(.*)/;
const STRONG = /\*\*(.+?)\*\*/;

/** Headings (`#`), lists (`-`, `1.`), `**strong**`; empty lines part paragraphs. */
export function Script({ text }) {
  return html`<section aria-labelledby="script-title" class="script">
    <h2 id="script-title">What to say</h2>
    ${blocks(text).map(({ kind, lines }) => {
      if (kind === "heading") return html`<h3>${inline(lines[0])}</h3>`;
      if (kind === "bullets") return html`<ul>${lines.map((one) => html`<li>${inline(one)}</li>`)}</ul>`;
      if (kind === "numbers") return html`<ol>${lines.map((one) => html`<li>${inline(one)}</li>`)}</ol>`;
      return html`<p>${inline(lines.join(" "))}</p>`;
    })}
  </section>`;
}

function blocks(text) {
  const found = [];
  let last = null;
  for (const line of text.split("\n")) {
    const [kind, said] = kindOf(line);
    if (!kind) last = null;
    else if (last?.kind === kind && kind !== "heading") last.lines.push(said);
    else found.push((last = { kind, lines: [said] }));
  }
  return found;
}

function kindOf(line) {
  for (const [kind, mark] of [["heading", HEADING], ["bullets", BULLET], ["numbers", NUMBER]]) {
    const found = mark.exec(line);
    if (found) return [kind, found[1]];
  }
  return line.trim() ? ["text", line.trim()] : ["", ""];
}

const inline = (text) =>
  text.split(STRONG).map((part, place) => (place % 2 ? html`<strong>${part}</strong>` : part));
