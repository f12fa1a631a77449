// The operators' page: reads a gate again and again, draws what changed, and asks before it changes anything.

import { json, session, send } from "./queue.js";
import { Chart } from "./chart.js";
import { count, time } from "./format.js";
import { drawAttention, drawFigures } from "./attention.js";
import { $, connection, toast } from "./screen.js";
import { followTheme } from "./theme.js";
import { drawHistory, drawRefit, drawVersions } from "./versions.js";

const every = 5_000, retryAfter = 2_000;
const paths = { gates: "/v1/operate/gates", of: (gate) => `/v1/operate/gates/${encodeURIComponent(gate)}` };
const rates = new Chart($("rates"), $("rates-legend"));
const lag = new Chart($("lag"), $("lag-legend"), {
  lines: [{ key: "lag", name: "Images", of: (point) => point.lag }], title: "Images that wait to be scored", perSecond: false,
});

let gate = "", resolution = "second", its = null, drawn = "", readAt = null, timer = 0, asked = 0;
const opened = new Set();

function state(title, text, { link = false, action = null } = {}) {
  $("state-title").textContent = title;
  $("state-text").textContent = text;
  $("state-link").hidden = !link;
  $("state-action").hidden = !action;
  $("state-action").onclick = action;
  $("state").hidden = false;
  $("view").hidden = true;
}

async function read() {
  const number = ++asked;
  const all = await json("GET", paths.gates);
  if (all.gates.length > 0 && !all.gates.some((line) => line.gate === gate)) gate = all.gates[0].gate;
  const [found, series] = all.gates.length === 0 ? [null, null] : await Promise.all([
    json("GET", paths.of(gate)), json("GET", `${paths.of(gate)}/rates?resolution=${resolution}`),
  ]);
  // Another gate may have been chosen meanwhile, which asked anew.
  return number === asked ? { all, found, series } : null;
}

async function refresh() {
  clearTimeout(timer);
  timer = 0;
  let next = every;
  try {
    const answer = await read();
    if (!answer) return;
    readAt = new Date();
    $("stale").hidden = true;
    document.body.classList.remove("lost");
    connection("live", answer.all.person);
    $("leave").hidden = false;
    show(answer);
  } catch (error) {
    next = failed(error);
  }
  if (next) timer = setTimeout(refresh, next);
}

/** Tells of a failure; gives after how many milliseconds to try again, 0 for never. */
function failed(error) {
  if (error.status === 401) {
    connection("connecting", "Not signed in");
    $("bar").hidden = $("leave").hidden = true;
    state("Sign in to operate the gates", "Versions, refits and drift are for operators.", { link: true });
    return 0;
  }
  if (error.status === 403) {
    connection("live", "Signed in");
    $("leave").hidden = false;
    state("You are no operator here", "Your role does not cover versions, refits and drift. Ask whoever gives out keys and roles.", { link: true });
    return 0;
  }
  if (error.status === undefined) throw error;
  connection("lost", "Connection lost");
  const text = error.status === 0 || error.status === 503 ? "The gateway does not answer." : error.message;
  if (!its) state("The gateway does not answer", `${text} This page tries again by itself.`, { action: refresh });
  else {
    document.body.classList.add("lost");
    $("stale").textContent = `${text} What you see is of ${time(readAt)}; nothing can be changed until it answers. Trying again.`;
    $("stale").hidden = false;
  }
  return retryAfter;
}

function show({ all, found, series }) {
  const lines = all.gates.map((line) => {
    const waits = line.waiting + line.drifting;
    return new Option(waits > 0 ? `${line.gate} (${count(waits)} waiting)` : line.gate, line.gate, false, line.gate === gate);
  });
  $("bar").hidden = lines.length === 0;
  if ($("gate").dataset.lines !== JSON.stringify(all.gates.map((line) => [line.gate, line.waiting, line.drifting, line.gate === gate]))) {
    $("gate").dataset.lines = JSON.stringify(all.gates.map((line) => [line.gate, line.waiting, line.drifting, line.gate === gate]));
    $("gate").replaceChildren(...lines);
  }
  if (!found)
    return state("No gate yet", "A gate shows here once statistics of it are published: mood fit makes them, mood stats publish puts them in.", { action: refresh });
  $("state").hidden = true;
  $("view").hidden = false;
  its = found;
  rates.show(series.series, series.stepSeconds);
  lag.show(series.series, series.stepSeconds);
  drawFigures($("figures"), its, series);
  draw();
}

// Drawn again only where something changed, so that neither focus nor what was opened is lost; ages move with the figures.
function draw(always = false) {
  const text = JSON.stringify({ ...its, at: undefined });
  if (!always && text === drawn) return;
  drawn = text;
  const focus = document.activeElement?.dataset?.key;
  drawAttention($("attention"), its, act);
  drawVersions($("versions"), its, { act, opened, toggle });
  drawRefit($("latest-refit"), its);
  drawHistory($("history"), its);
  if (focus) document.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
}

function toggle(version) {
  if (!opened.delete(version)) opened.add(version);
  draw(true);
}

/**
 * Asks for a reason, then changes something.
 * @param what title, text, go (the word on the button), done (what is told), path, body (of the reason), danger, otherModel.
 */
function act(what) {
  const seen = its;
  $("confirm-title").textContent = what.title;
  $("confirm-text").textContent = what.text;
  $("confirm-go").textContent = what.go;
  $("confirm-reason").value = "";
  $("confirm-other").hidden = !what.otherModel;
  $("confirm-other-model").checked = false;
  $("confirm-other-model").required = Boolean(what.otherModel);
  $("confirm-error").hidden = true;
  $("confirm-go").disabled = false;
  $("confirm-form").onsubmit = (event) => {
    event.preventDefault();
    carryOut(what, seen);
  };
  $("confirm").showModal();
  $("confirm-reason").focus();
}

async function carryOut(what, seen) {
  const reason = $("confirm-reason").value.trim();
  if (reason.length < 3) return refuse("Say why, in a sentence.");
  $("confirm-go").disabled = true;
  try {
    const body = { reason, ...what.body, ...(what.otherModel ? { otherModel: $("confirm-other-model").checked } : {}) };
    await send("POST", paths.of(seen.gate) + what.path, body, { "if-match": `"${seen.revision}"` });
    $("confirm").close();
    toast(what.done, 5_000);
    await refresh();
  } catch (error) {
    if (error.status === undefined) throw error;
    refuse(error.status === 0 ? "The gateway does not answer: nothing was changed, as far as this page knows. Try again." : error.message);
    // What it was decided on is gone: close, look, decide anew.
    $("confirm-go").disabled = [404, 409, 412].includes(error.status);
    refresh();
  }
}

function refuse(text) {
  $("confirm-error").textContent = text;
  $("confirm-error").hidden = false;
  $("confirm-go").disabled = false;
}

$("confirm-cancel").onclick = () => $("confirm").close();
$("gate").onchange = () => {
  gate = $("gate").value;
  opened.clear();
  refresh();
};
$("refit").onclick = () => act({
  title: `Refit ${gate} now?`, go: "Ask for a refit", done: "A refit is asked for. The guards decide whether it becomes active.",
  text: "The trainers fit new statistics to what was accepted and confirmed. Guards look at them before they judge anything.",
  path: "/refits",
});
$("leave").onclick = async () => {
  clearTimeout(timer);
  if (!await session.end()) location.assign("/login?operate");
};
followTheme($("theme"));
for (const button of document.querySelectorAll("[data-resolution]"))
  button.onclick = () => {
    resolution = button.dataset.resolution;
    for (const other of document.querySelectorAll("[data-resolution]")) other.setAttribute("aria-pressed", String(other === button));
    refresh();
  };
document.addEventListener("visibilitychange", () => { if (!document.hidden && timer) refresh(); });

if (!session.key) await session.find();
refresh();
