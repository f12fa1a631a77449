// The live page: holds what is known, draws it, and listens to people.

import { Cards } from "./cards.js";
import { Chart } from "./chart.js";
import { Detail } from "./detail.js";
import { showFigures, showGates, showHealth } from "./figures.js";
import { follow, readRates } from "./feed.js";
import { count, element, icon } from "./format.js";

const mostKept = 500;
const pageSize = 60;
const drawEveryMs = 400;
const healthEveryMs = 5000;
const minuteRatesEveryMs = 15_000;

const $ = id => document.getElementById(id);
const state = {
  results: [], held: [], sources: new Set(), rates: undefined, resolution: "second",
  verdict: "", source: "", paused: false, shown: pageSize, dirty: false, dropped: 0,
};
const detail = new Detail(id => cards.focus(id));
const cards = new Cards($("results"), open);
const chart = new Chart($("chart"), $("legend"));

function open(imageId) {
  const result = state.results.find(one => one.imageId === imageId);
  if (result) detail.show(result);
}

const matches = result => (!state.verdict || result.verdict === state.verdict) && (!state.source || result.source === state.source);

function draw() {
  const matching = state.results.filter(matches);
  cards.show(matching.slice(0, state.shown));
  $("more").hidden = matching.length <= state.shown;
  $("empty").hidden = state.results.length > 0;
  $("notice").textContent = notice(matching.length);
}

function notice(matching) {
  const parts = [];
  if (state.paused && state.held.length > 0) parts.push(`${count(state.held.length)} newer ${state.held.length === 1 ? "image waits" : "images wait"}`);
  if (state.dropped > 0) parts.push(`${count(state.dropped)} passed too fast to show`);
  if (matching < state.results.length) parts.push(`${count(matching)} of the newest ${count(state.results.length)}`);
  else if (matching > 0) parts.push(`the newest ${count(matching)}`);
  return parts.join(" · ");
}

function redrawSoon() {
  if (state.dirty) return;
  state.dirty = true;
  setTimeout(() => {
    state.dirty = false;
    draw();
  }, drawEveryMs);
}

function add(results) {
  const known = new Set(results.map(result => result.imageId));
  state.results = [...results, ...state.results.filter(result => !known.has(result.imageId))].slice(0, mostKept);
  const fresh = [...new Set(results.map(result => result.source))].filter(source => !state.sources.has(source));
  for (const source of fresh) {
    state.sources.add(source);
    $("source").append(element("option", { value: source }, source || "(no source)"));
  }
}

function setPaused(paused) {
  state.paused = paused;
  if (!paused) {
    add(state.held);
    state.held = [];
  }
  $("pause").setAttribute("aria-pressed", String(paused));
  $("pause").replaceChildren(icon(paused ? "play" : "pause"), element("span", {}, paused ? "Resume" : "Pause"));
  draw();
}

function setVerdict(verdict) {
  state.verdict = verdict;
  state.shown = pageSize;
  for (const button of $("filters").children) button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
  draw();
}

/** Newer steps replace the same steps and push the oldest out. */
function merge(rates) {
  const known = state.rates?.series ?? [];
  const first = rates.series[0]?.at;
  const series = [...known.filter(point => point.at < first), ...rates.series].slice(-300);
  state.rates = { ...rates, series: rates.series.length >= 300 ? rates.series : series };
}

async function showResolution(resolution) {
  state.resolution = resolution;
  for (const button of document.querySelectorAll("[data-resolution]"))
    button.setAttribute("aria-pressed", String(button.dataset.resolution === resolution));
  if (resolution === "second") showRates();
  else await showMinutes();
}

async function showMinutes() {
  try {
    const rates = await readRates("minute");
    if (state.resolution !== "minute") return;
    chart.show(rates.series, rates.stepSeconds);
    showGates($("gates"), $("gates-note"), rates.gates);
  } catch {
    // The connection badge already says that the gateway does not answer.
  }
}

function showRates() {
  if (!state.rates) return;
  showFigures($("figures"), state.rates);
  if (state.resolution !== "second") return;
  chart.show(state.rates.series, state.rates.stepSeconds);
  showGates($("gates"), $("gates-note"), state.rates.gates);
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, textarea")) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog) return onDialogKey(event, dialog);
  if (event.key === " " && !event.target.matches("button:not(.card), summary")) setPaused(!state.paused);
  else if (event.key === "?") $("help").showModal();
  else if (/^[1-4]$/.test(event.key)) setVerdict($("filters").children[event.key - 1].dataset.verdict);
  else if (!cards.move(event.key)) return;
  event.preventDefault();
}

function onDialogKey(event, dialog) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (dialog.id !== "detail" || !step || event.target.matches("pre")) return;
  const matching = state.results.filter(matches);
  const now = matching.findIndex(result => result.imageId === detail.shown);
  const next = matching[now + step];
  if (now >= 0 && next) detail.show(next);
  event.preventDefault();
}

function listen() {
  document.addEventListener("keydown", onKey);
  $("pause").addEventListener("click", () => setPaused(!state.paused));
  $("help-open").addEventListener("click", () => $("help").showModal());
  $("more").addEventListener("click", () => { state.shown += pageSize; draw(); });
  $("source").addEventListener("change", event => { state.source = event.target.value; state.shown = pageSize; draw(); });
  for (const button of $("filters").children) button.addEventListener("click", () => setVerdict(button.dataset.verdict));
  for (const button of document.querySelectorAll("[data-resolution]"))
    button.addEventListener("click", () => showResolution(button.dataset.resolution));
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
  }
}

const connectionWords = { live: "Live", connecting: "Reconnecting" };

$("empty-command").textContent =
  `curl -H "Content-Type: image/jpeg" --data-binary @photo.jpg ${location.origin}/v1/sources/camera-1/images`;
listen();
draw();
follow({
  state(name) {
    $("connection").dataset.state = name;
    $("connection").textContent = connectionWords[name];
  },
  results(results) {
    if (state.paused) return;
    state.results = [];
    add(results);
    draw();
  },
  result(result) {
    if (state.paused) state.held = [result, ...state.held].slice(0, mostKept);
    else add([result]);
    redrawSoon();
  },
  rates(rates) {
    merge(rates);
    showRates();
  },
  dropped(howMany) {
    state.dropped += howMany;
    redrawSoon();
  },
});
showHealth($("health"));
setInterval(() => showHealth($("health")), healthEveryMs);
setInterval(() => { if (state.resolution === "minute") showMinutes(); }, minuteRatesEveryMs);
