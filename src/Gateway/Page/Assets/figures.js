// The figures of now, the gates and the health badges.

import { bar, count, duration, element, rate, share } from "./format.js";

const recentSteps = 10;

/** Mean per second over the last ten whole seconds. */
function recent(series, of) {
  const steps = series.slice(-recentSteps - 1, -1);
  return steps.length === 0 ? 0 : steps.reduce((sum, point) => sum + of(point), 0) / steps.length;
}

function figure(name, key, value, unit, under) {
  return element("div", { class: "figure" },
    element("dt", { "data-key": key }, name),
    element("dd", {},
      element("span", { class: "value" }, value), unit ? element("span", { class: "unit" }, unit) : undefined,
      element("div", { class: "under" }, under)));
}

/** @param rates Rates by the second. */
export function showFigures(host, rates) {
  const { series, total } = rates;
  const [p50, p50Unit] = duration(rates.latencyP50Ms);
  const [p99, p99Unit] = duration(rates.latencyP99Ms);
  host.replaceChildren(
    figure("In", "in", rate(recent(series, p => p.in)), "/ s", `${count(total.accept + total.review + total.deadLetter)} ended since start`),
    figure("Accepted", "accept", rate(recent(series, p => p.accept)), "/ s", `${count(total.accept)} since start`),
    figure("Review", "review", rate(recent(series, p => p.review)), "/ s", `${count(total.review)} since start`),
    figure("Dead letters", "dead-letter", rate(recent(series, p => p.deadLetter)), "/ s", `${count(total.deadLetter)} since start`),
    figure("Latency, median", undefined, p50, p50Unit, `99 % within ${p99} ${p99Unit}`),
    figure("Waiting", undefined, count(rates.lag), "images", rates.accepting ? "taking images in" : "asking producers to wait"));
}

function gateRow(gate) {
  const promised = gate.promisedFalseAlarmRate;
  const scale = Math.max(gate.oodRate, promised ?? 0, 0.02) * 1.25;
  return element("li", {},
    element("div", { class: "gate-head" }, element("b", { title: gate.gate }, gate.gate), element("span", {}, share(gate.oodRate))),
    bar("gate-bar", gate.oodRate / scale, promised === undefined ? undefined : promised / scale),
    element("div", { class: "gate-foot" },
      `${count(gate.review)} of ${count(gate.judged)} images`,
      promised === undefined ? "" : ` · promised ${share(promised)}`));
}

export function showGates(host, note, gates) {
  host.replaceChildren(...gates.map(gateRow));
  note.textContent = gates.length === 0
    ? "Nothing judged in this time."
    : gates.some(gate => gate.promisedFalseAlarmRate !== undefined)
      ? "The mark is the false-alarm rate that the gate promises for in-distribution images; a stream with anomalies lies above it."
      : "";
}

/** Health as the ready endpoint tells it: one badge for the whole, and one for each part that is named. */
export async function showHealth(host) {
  let whole = "unhealthy";
  let parts = [];
  try {
    const answer = await fetch("/health/ready", { headers: { accept: "application/json" } });
    const text = await answer.text();
    whole = answer.ok ? "healthy" : "unhealthy";
    if (text.startsWith("{")) {
      const body = JSON.parse(text);
      whole = body.status;
      parts = body.parts.map(part => [part.name, part.status, part.reason]);
    }
  } catch {
    parts = [["gateway", "unhealthy", "The gateway does not answer."]];
  }
  const badge = ([name, state, detail]) =>
    element("li", { "data-state": state, title: detail ?? `${name}: ${state}` }, `${name}${state === "healthy" ? "" : `: ${state}`}`);
  host.replaceChildren(badge(["ready", whole]), ...parts.map(badge));
}
