// What several pages and parts share.

import { Component } from "/static/vendor/preact-htm.js";

/** Drawn again only when one of its properties is another one. */
export class Still extends Component {
  shouldComponentUpdate(next) {
    const now = this.props;
    return Object.keys({ ...now, ...next }).some((name) => now[name] !== next[name]);
  }
}

export const byWait = ([, one], [, other]) => one.entered_at - other.entered_at;

/** Queue -> its calls [id, call], the longest wait first. */
export function waiting(calls) {
  const found = {};
  for (const entry of Object.entries(calls).sort(byWait)) (found[entry[1].queue] ??= []).push(entry);
  return found;
}

export function counted(agents) {
  const found = {};
  for (const one of Object.values(agents)) found[one.state] = (found[one.state] || 0) + 1;
  return found;
}
