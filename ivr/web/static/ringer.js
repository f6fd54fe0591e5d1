// The sound of a phone that rings, and of a bell. Browsers allow it once the page has been clicked or typed on.

const TONE_HZ = [440, 480];
const ON_MS = 1000;
const EVERY_MS = 3000;
const VOLUME = 0.1;

const BELL_HZ = [1568, 2093];
const BELL_EVERY_MS = 5000;

/** A way to have a sound on or off. `burst` makes it once. */
function repeated(burst, everyMs) {
  let sounding = null;
  return (on) => {
    if (on === Boolean(sounding)) return;
    if (!on) {
      clearInterval(sounding.timer);
      sounding.context.close();
      sounding = null;
      return;
    }
    const context = new AudioContext();
    burst(context);
    sounding = { context, timer: setInterval(() => burst(context), everyMs) };
  };
}

/** On while a call rings. */
export const ring = repeated((context) => {
  const gain = new GainNode(context, { gain: VOLUME });
  gain.connect(context.destination);
  for (const frequency of TONE_HZ) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(gain);
    tone.start();
    tone.stop(context.currentTime + ON_MS / 1000);
  }
}, EVERY_MS);

/** On while somebody asks for help: struck again and again, dying away each time. */
export const bell = repeated((context) => {
  const until = context.currentTime + ON_MS / 1000;
  const gain = new GainNode(context, { gain: VOLUME });
  gain.gain.exponentialRampToValueAtTime(VOLUME / 1000, until);
  gain.connect(context.destination);
  for (const frequency of BELL_HZ) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(gain);
    tone.start();
    tone.stop(until);
  }
}, BELL_EVERY_MS);
