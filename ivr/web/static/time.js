// Times that run on by themselves: one clock for all of them, without drawing anything anew.

import { html } from "/static/vendor/preact-htm.js";

export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** How long ago that was, counting up; `late` seconds on it is marked. */
export const Since = ({ at, late }) =>
  at == null
    ? null
    : html`<time class="since" data-since=${at} data-late=${late ?? ""} key=${at}></time>`;

export function run(now) {
  const tick = () => {
    const moment = now();
    for (const one of document.querySelectorAll("time[data-since]")) {
      const seconds = moment - Number(one.dataset.since);
      const text = span(seconds);
      if (one.textContent !== text) one.textContent = text;
      if (one.dataset.late) one.classList.toggle("late", seconds > Number(one.dataset.late));
    }
  };
  setInterval(tick, 1000);
  return tick;
}
