// What waits for an operator's word, and the figures of what is active.

import { count, element, rate, score, share } from "./format.js";

/** How long ago, in the largest unit that fits. */
export function age(from, now) {
  const seconds = Math.max(0, (new Date(now) - new Date(from)) / 1000);
  if (seconds < 90) return `${Math.round(seconds)}\u00a0s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)}\u00a0min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)}\u00a0h`;
  return `${Math.round(seconds / 86_400)}\u00a0days`;
}

export const words = (name) => name.replaceAll("_", " ");
export const short = (hash) => hash ? hash.slice(0, 12) : "–";
export const button = (key, text, onclick, kind = "") =>
  element("button", { type: "button", class: `button ${kind}`, "data-key": key, ".onclick": onclick }, text);

const activeOf = (its) => its.versions.find((version) => version.standing === "active");

function figure(name, value, unit, under) {
  return element("div", { class: "figure" },
    element("dt", {}, name),
    element("dd", {},
      element("span", { class: "value" }, value), unit ? element("span", { class: "unit" }, unit) : undefined,
      element("div", { class: "under" }, under)));
}

export function drawFigures(host, its, series) {
  const header = activeOf(its)?.header;
  const judged = series.series.reduce((sum, point) => sum + point.accept + point.review, 0);
  const review = series.series.reduce((sum, point) => sum + point.review, 0);
  const last = series.series.slice(-11, -1).reduce((sum, point) => sum + point.accept + point.review, 0) / (10 * series.stepSeconds);
  const by = its.history[0]?.by;
  host.replaceChildren(
    figure("Active version", its.active ? String(its.active.version) : "none", undefined,
      its.active ? `for ${age(its.active.at, its.at)}${by ? `, by ${by}` : ""}` : "the gate fails closed"),
    figure("Effective size", header ? count(header.effectiveCount) : "–", "images",
      header ? `n_eff of ${count(header.count)}, ${header.detector}` : "no header"),
    figure("Threshold", score(header?.threshold), undefined, header ? `promises ${share(header.targetFalseAlarmRate)} to review` : "–"),
    figure("Sent to review", judged ? share(review / judged) : "–", undefined,
      `of ${count(judged)} judged in ${series.stepSeconds === 1 ? "5 min" : "24 h"}, ${rate(last)} / s now`),
    figure("Cases waiting", count(its.casesWaiting), undefined, "for reviewers of this gate"),
    figure("Model", element("span", { class: "mono", title: header?.modelHash }, short(header?.modelHash)), undefined,
      element("span", { title: header?.preprocessingHash }, `preprocessing ${short(header?.preprocessingHash)}`)));
}

export function drawAttention(host, its, act) {
  const cards = [
    ...(its.active ? [] : [card("urgent", "Nothing is active", "The gate fails closed: no image is accepted. Activate a version below.")]),
    ...its.drift.map((episode) => driftCard(its, episode, act)),
    ...its.versions.filter((version) => version.standing === "waiting").map((version) => versionCard(its, version, act)),
  ];
  host.replaceChildren(...(cards.length > 0 ? cards : [
    element("li", { "data-kind": "none" }, element("span", { class: "tick", "aria-hidden": "true" }, "✓"),
      "Nothing waits: no refit was refused, and no source drifts."),
  ]));
}

function card(kind, title, text, ...more) {
  return element("li", { "data-kind": kind },
    element("h3", {}, title), element("p", { class: "quiet" }, text), ...more);
}

function versionCard(its, version, act) {
  const { header } = version;
  const refused = header.guards.filter((guard) => !guard.passed);
  const failed = element("ul", { class: "failed" }, ...refused.map((guard) => element("li", {},
    element("span", {}, element("b", {}, words(guard.name)), " ", element("span", { class: "measure" }, measure(guard))),
    element("span", { class: "quiet" }, guard.explanation ?? ""))));
  const active = activeOf(its)?.header;
  const other = Boolean(active) && (active.modelHash !== header.modelHash || active.preprocessingHash !== header.preprocessingHash);
  return card("urgent", `Version ${version.version} waits for your word`,
    `Made ${age(header.createdAt, its.at)} ago by ${header.author}: ${header.reason} `
      + `${refused.length} of ${header.guards.length} guards refused it.`,
    failed,
    element("div", { class: "actions" },
      button(`approve-${version.version}`, "Approve and activate…", () => act({
        title: `Approve version ${version.version} of ${its.gate}?`, go: `Approve and activate version ${version.version}`,
        text: `It overrules ${refused.map((guard) => words(guard.name)).join(", ")}, becomes active at once, and later refits are compared with it.`,
        done: `Version ${version.version} is approved and active.`, path: `/versions/${version.version}/approval`, otherModel: other,
      }), "primary"),
      button(`reject-${version.version}`, "Reject…", () => act({
        title: `Reject version ${version.version} of ${its.gate}?`, go: `Reject version ${version.version}`,
        text: "The active version stays. The rejected one is kept for the record, and can still be approved later.",
        done: `Version ${version.version} is rejected.`, path: `/versions/${version.version}/rejection`,
      }))));
}

export function measure(guard) {
  const limit = guard.limit === undefined ? "" : ` (limit ${score(guard.limit)})`;
  return guard.value === undefined ? "" : `${score(guard.value)}${limit}`;
}

const driftWords = {
  drifting: ["urgent", "drifts"],
  held: ["calm", "is held"],
  accepted: ["calm", "has a new normal"],
  kept: ["calm", "is kept as it is"],
};

function driftCard(its, episode, act) {
  const [kind, verb] = driftWords[episode.state];
  const seen = episode.test
    ? `The test ${words(episode.test)} measured ${score(episode.value)}, its limit ${score(episode.limit)}, after ${count(episode.images)} images under version ${episode.statisticsVersion}. `
    : `Under version ${episode.statisticsVersion}. `;
  const said = episode.by ? `${episode.by}, ${age(episode.decidedAt, its.at)} ago: ${episode.reason}` : "Nobody has answered.";
  const what = {
    drifting: `Since ${age(episode.beganAt, its.at)}.`,
    held: "Nothing is learned from it until it looks as before.",
    accepted: "A refit to it was asked for.",
    kept: "What compares with the statistics is silent.",
  }[episode.state];
  const answer = (decision) => ({
    path: "/drift", body: { source: episode.source, episodeId: episode.episodeId, state: episode.state, decision },
  });
  const accept = button(`accept-${episode.source}`, "This is the new normal…", () => act({
    ...answer("accept"), title: `Is this how ${episode.source} looks from now on?`, go: "This is the new normal",
    text: "What it sent until now is unlearned, and a refit is asked for. The guards still decide whether that refit becomes active.",
    done: `${episode.source}: accepted as the new normal. A refit is asked for.`,
  }), episode.state === "drifting" ? "primary" : "");
  const hold = button(`hold-${episode.source}`, "Something is broken…", () => act({
    ...answer("hold"), title: `Is something broken at ${episode.source}?`, go: "Hold",
    text: "The statistics stay, and nothing is learned from this source until it looks as before. Have camera, lamp and line looked at.",
    done: `${episode.source}: held. Nothing is learned from it until it looks as before.`,
  }), "danger");
  const mended = button(`keep-${episode.source}`, "It is mended…", () => act({
    ...answer("keep"), title: `Does ${episode.source} teach again?`, go: "Let it teach again",
    text: "The statistics stay. What it sent while it was held stays unlearned; what it sends from now on counts.",
    done: `${episode.source}: teaches again.`,
  }));
  const buttons = { drifting: [accept, hold], held: [mended, accept], accepted: [], kept: [accept, hold] }[episode.state];
  return card(kind, `${episode.source} ${verb}`, `${seen}${what}`, element("p", {}, said),
    ...(buttons.length > 0 ? [element("div", { class: "actions" }, ...buttons)] : []));
}
