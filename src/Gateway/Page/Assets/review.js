import * as queue from "./queue.js";
import * as stage from "./stage.js";
import { fillCase, fillGrid, selected, selectAll } from "./cases.js";

const ahead = 4, beat = 20_000, retryAfter = 2_000;
const $ = (id) => document.getElementById(id);
const verdicts = ["in-distribution", "out-of-distribution", "unusable", "unsure"];
let gate = "", view = "work", busy = false, lastDecided = null, watching = null;
let mine = [];            // claimed cases with their pictures on the way; the first is the one on the screen

function only(id) {
  for (const name of ["login", "state", "work", "grid"]) $(name).hidden = name !== id;
  $("bar").hidden = id === "login";
  $("leave").hidden = id === "login";
}

function tell(title, text, action, onAction) {
  $("state-title").textContent = title;
  $("state-text").textContent = text;
  $("state-action").textContent = action;
  $("state-action").onclick = onAction;
  only("state");
}

function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { $("toast").hidden = true; }, 4_000);
}

function connection(state, text) {
  $("connection").dataset.state = state;
  $("connection").textContent = text;
}

function failed(error) {
  if (error.status === 401) return leave("The key is unknown or has expired.");
  if (error.status === 0 || error.status === 503) {
    connection("lost", "Connection lost");
    tell("The gateway does not answer", "Nothing is lost: what you decided is safe, and cases in your hands come back by themselves.", "Try again", resume);
    clearTimeout(failed.timer);
    failed.timer = setTimeout(resume, retryAfter);
    return;
  }
  if (!(error instanceof queue.ApiError)) throw error;
  toast(error.message);
}

async function resume() {
  clearTimeout(failed.timer);
  // A lease may have ended meanwhile; what is still ours is given again by the claim.
  mine = [];
  await enter();
}

async function enter() {
  try {
    const found = await queue.gates();
    connection("live", found.person);
    if (found.gates.length === 0)
      return tell("No cases yet", "Cases appear when the gate sends its first image to people.", "Look again", enter);
    fillGates(found.gates);
    watch();
    await open();
  } catch (error) {
    failed(error);
  }
}

function fillGates(gates) {
  const names = gates.map((g) => g.gate);
  if (!names.includes(gate)) gate = names[0];
  $("gate").replaceChildren(...gates.map((g) => new Option(`${g.gate} (${g.open + g.escalated} waiting)`, g.gate, false, g.gate === gate)));
  const reasons = gates.find((g) => g.gate === gate).reasonCodes;
  $("reason").replaceChildren(new Option("none given", ""), ...reasons.map((r) => new Option(r, r)));
}

async function open() {
  if (view === "grid") return openGrid();
  await fetchAhead();
  showFirst();
}

async function fetchAhead() {
  if (mine.length >= ahead) return;
  const more = await queue.claim(gate, ahead - mine.length);
  for (const item of more) {
    if (mine.some((m) => m.caseId === item.caseId)) continue;
    item.picture = queue.picture(item).then((address) => { item.address = address; });
    item.picture.catch(() => { item.address = null; });
    mine.push(item);
  }
}

function showFirst() {
  const item = mine[0];
  if (!item)
    return tell("All done", "No case waits at this gate. New ones show by themselves.", "Look again", enter);
  only("work");
  fillCase(item);
  item.shownAt = performance.now();
  stage.show(item.address, `Image ${item.imageId} of ${item.source}`);
  if (item.address === undefined)
    item.picture.finally(() => { if (mine[0] === item) stage.show(item.address, `Image ${item.imageId} of ${item.source}`); });
}

// One step with the case on the screen: the next is there at once, and the step goes to the gateway meanwhile.
async function step(act, done) {
  if (busy || view !== "work" || !mine[0]) return;
  busy = true;
  const item = mine.shift();
  try {
    if (mine[0]) showFirst();
    await act(item);
    if (item.address) URL.revokeObjectURL(item.address);
    done?.(item);
    await fetchAhead();
    if (mine[0]?.shownAt === undefined) showFirst();
  } catch (error) {
    failed(error);
    if (error.status === 409) await open().catch(failed);
  } finally {
    busy = false;
  }
}

const decide = (verdict) => step(
  (item) => queue.decide(item, {
    verdict,
    reasonCode: $("reason").value || undefined,
    note: $("note").value.trim() || undefined,
  }),
  (item) => {
    lastDecided = item;
    $("undo").disabled = false;
    $("reason").value = "";
    $("note").value = "";
    toast(`${item.source}: ${verdict}. Z takes it back.`);
  });

async function undo() {
  if (busy || !lastDecided) return;
  busy = true;
  try {
    const item = await queue.undo(lastDecided);
    item.picture = queue.picture(item).then((address) => { item.address = address; });
    lastDecided = null;
    $("undo").disabled = true;
    mine.unshift(item);
    showFirst();
  } catch (error) {
    failed(error);
  } finally {
    busy = false;
  }
}

async function openGrid() {
  const page = await queue.list(gate);
  if (page.cases.length === 0) return tell("All done", "No case waits at this gate.", "Look again", enter);
  only("grid");
  await fillGrid(page.cases, queue.picture);
}

async function decideSelected(verdict) {
  const ids = selected();
  if (ids.length === 0) return toast("Select images first: click them, or select all.");
  try {
    const outcomes = await queue.bulk(gate, ids, verdict);
    const refused = outcomes.filter((o) => o.problem).length;
    toast(`${outcomes.length - refused} decided as ${verdict}${refused ? `, ${refused} with somebody else or decided already` : ""}.`);
    await enter();
  } catch (error) {
    failed(error);
  }
}

// Others' changes only matter to whoever has nothing to do; the stream tells of a lost connection, too.
async function watch() {
  watching?.abort();
  const its = watching = new AbortController();
  try {
    await queue.follow(gate, its.signal, (event) => {
      if (event === "case" && view === "work" && mine.length === 0 && !busy) enter();
    });
  } catch { /* told below */ }
  if (its.signal.aborted || !queue.session.known) return;
  connection("lost", "Connection lost");
  setTimeout(() => { if (!its.signal.aborted) rejoin(); }, retryAfter);
}

// What is on the screen stays: a selection, a note half written.
async function rejoin() {
  try {
    const found = await queue.gates();
    connection("live", found.person);
    if ($("state").hidden) watch();
    else await enter();
  } catch (error) {
    failed(error);
  }
}

function leave(why) {
  watching?.abort();
  queue.session.end();
  mine = [];
  connection("connecting", "Not signed in");
  $("login-error").textContent = why ?? "";
  $("login-error").hidden = !why;
  only("login");
  $("key").focus();
}

async function putBack() {
  const items = mine;
  mine = [];
  await Promise.allSettled(items.map(queue.release));
}

$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  queue.session.key = $("key").value.trim();
  $("key").value = "";
  enter();
});
$("leave").onclick = async () => { await putBack(); leave(); };
$("gate").onchange = async () => { await putBack(); gate = $("gate").value; enter(); };
$("undo").onclick = undo;
$("skip").onclick = () => step(queue.release);
$("escalate").onclick = () => step(queue.escalate, () => toast("Handed to a senior."));
$("grid-all").onclick = selectAll;
for (const button of document.querySelectorAll("[data-verdict]")) button.onclick = () => decide(button.dataset.verdict);
for (const button of document.querySelectorAll("[data-bulk]")) button.onclick = () => decideSelected(button.dataset.bulk);
for (const name of ["work", "grid"])
  $(`view-${name}`).onclick = async () => {
    view = name;
    for (const other of ["work", "grid"]) $(`view-${other}`).setAttribute("aria-pressed", String(other === name));
    if (name === "grid") await putBack();
    enter();
  };
$("theme").onclick = () => {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
};

const keys = {
  z: undo, s: () => $("skip").click(), e: () => $("escalate").click(), 0: stage.whole,
  "+": () => stage.zoomBy(1.3), "-": () => stage.zoomBy(1 / 1.3),
  ArrowLeft: () => stage.moveBy(60, 0), ArrowRight: () => stage.moveBy(-60, 0),
  ArrowUp: () => stage.moveBy(0, 60), ArrowDown: () => stage.moveBy(0, -60),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT)$/.test(event.target.tagName) || $("work").hidden) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if ("1234".includes(key)) decide(verdicts[Number(key) - 1]);
  else if (keys[key]) keys[key]();
  else return;
  event.preventDefault();
});

setInterval(() => { for (const item of mine) queue.heartbeat(item).catch(() => {}); }, beat);
if (queue.session.key || await queue.session.find()) enter();
else leave();
