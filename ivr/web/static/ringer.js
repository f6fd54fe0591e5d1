// The sound of a phone that rings. Browsers allow it once the page has been clicked or typed on.

const TONE_HZ = [440, 480];
const ON_MS = 1000;
const EVERY_MS = 3000;
const VOLUME = 0.1;

let sounding = null;

export function ring(on) {
  if (on === Boolean(sounding)) return;
  if (!on) {
    clearInterval(sounding.timer);
    sounding.context.close();
    sounding = null;
    return;
  }
  const context = new AudioContext();
  const burst = () => {
    const gain = new GainNode(context, { gain: VOLUME });
    gain.connect(context.destination);
    for (const frequency of TONE_HZ) {
      const tone = new OscillatorNode(context, { frequency });
      tone.connect(gain);
      tone.start();
      tone.stop(context.currentTime + ON_MS / 1000);
    }
  };
  burst();
  sounding = { context, timer: setInterval(burst, EVERY_MS) };
}
