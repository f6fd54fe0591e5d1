// One recording: to be heard, with both sides drawn and the parts marked that are silent on purpose.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { span } from "/static/time.js";

const DRAWN_S_MAX = 1200;
/** A longer one would have to be fetched whole only to be drawn. */
const WIDTH = 900;
const SIDE_HEIGHT = 44;
const REASONS = { sensitive: "private data", agent: "made private by the agent" };

export function Player({ one, address }) {
  const sound = useRef(null);
  const drawing = useRef(null);
  const [state, setState] = useState(one.seconds > DRAWN_S_MAX ? "too long to be drawn" : "");

  useEffect(() => {
    if (state) return undefined;
    const given = new AbortController();
    draw(address, drawing.current, one, given.signal).catch((problem) => {
      if (!given.signal.aborted) setState(problem.message);
    });
    return () => given.abort();
  }, [address]);
  const seek = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    sound.current.currentTime = ((event.clientX - box.left) / box.width) * one.seconds;
  };
  return html`<div class="recording">
    <audio ref=${sound} controls preload="metadata" src=${address} aria-label=${`Call ${one.call}`}></audio>
    <a href=${address} download=${`${one.recording}.wav`}>Download</a>
    ${state
      ? html`<p>${state}</p>`
      : html`<canvas
          ref=${drawing}
          width=${WIDTH}
          height=${2 * SIDE_HEIGHT}
          role="img"
          aria-label="Above the caller, below the agent"
          onClick=${seek}
        ></canvas>`}
    <ul>
      ${one.silences.map(
        (silence) =>
          html`<li>
            ${span(silence.begin_s)}–${silence.end_s == null ? "end" : span(silence.end_s)}:
            silent, ${REASONS[silence.reason] || silence.reason}
          </li>`,
      )}
    </ul>
  </div>`;
}

async function draw(address, canvas, one, signal) {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error("The sound cannot be fetched.");
  const context = new OfflineAudioContext(1, 1, 8000);
  const sound = await context.decodeAudioData(await answer.arrayBuffer());
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = colour("--line");
  for (const { begin_s: begin, end_s: end } of one.silences) {
    const from = (begin / sound.duration) * WIDTH;
    const to = ((end ?? sound.duration) / sound.duration) * WIDTH;
    pen.fillRect(from, 0, to - from, canvas.height);
  }
  for (let side = 0; side < Math.min(2, sound.numberOfChannels); side += 1) {
    pen.fillStyle = colour(side ? "--good" : "--accent");
    const middle = SIDE_HEIGHT * (side + 0.5);
    peaks(sound.getChannelData(side)).forEach((peak, column) => {
      const half = Math.max(0.5, peak * (SIDE_HEIGHT / 2 - 2));
      pen.fillRect(column, middle - half, 1, 2 * half);
    });
  }
}

/** The loudest sample of each column. */
function peaks(samples) {
  const found = new Float32Array(WIDTH);
  for (let at = 0; at < samples.length; at += 1) {
    const column = Math.floor((at * WIDTH) / samples.length);
    found[column] = Math.max(found[column], Math.abs(samples[at]));
  }
  return found;
}
