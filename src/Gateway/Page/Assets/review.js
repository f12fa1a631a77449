// The review page: what is on the screen, and the steps that go to the gateway.
import * as bulk from "./bulk.js";
import { fillCase, fillNearest, tellSimilar } from "./cases.js";
import * as compare from "./compare.js";
import * as gates from "./gates.js";
import * as heat from "./heat.js";
import { followKeys } from "./keys.js";
import { forget, prepare } from "./prepare.js";
import * as queue from "./queue.js";
import { $, connection, lost, only, tell, toast } from "./screen.js";
import * as stage from "./stage.js";
import { followTheme } from "./theme.js";

const ahead = 4, beat = 20_000, retryAfter = 2_000;
let gate = "", view = "work", busy = false, undoable = null, watching = null, shown = null, fetching = null;
let answered = Promise.resolve(), entered = 0;     // the last step, which never fails; rises, and what an older entering finds is not shown
let mine = [];            // claimed cases with their pictures on the way; the first is the one on the screen

function failed(error) {
  if (error.status === 401) return leave("The key is unknown or has expired.");
  if (error.status === 0 || error.status === 503) {
    lost(resume);
    clearTimeout(failed.timer);
    failed.timer = setTimeout(resume, retryAfter);
    return;
  }
  if (!(error instanceof queue.ApiError)) throw error;
  toast(error.message);
}

// Leases may have ended meanwhile, and a decision may have arrived whose answer did not.
async function resume() {
  clearTimeout(failed.timer);
  try {
    const kept = await Promise.all(mine.map((item) => queue.heartbeat(item).then(() => item, (error) => {
      if (error.status === 0 || error.status === 503) throw error;
      return null;
    })));
    mine = mine.filter((item) => kept.includes(item));      // a case decided meanwhile does not come back
  } catch (error) {
    return failed(error);
  }
  await enter();
}

async function enter() {
  const number = ++entered;
  try {
    const found = await queue.gates();
    if (number !== entered) return;
    connection("live", found.person);
    if (found.gates.length === 0)
      return tell("No cases yet", "Cases appear when the gate sends its first image to people.", "Look again", enter);
    gate = gates.offer(found.gates, gate);
    watch();
    if (view === "grid") return bulk.isOfOneCase() && !$("grid").hidden ? undefined : await bulk.open(gate);
    await fetchAhead();
    if (number === entered && view === "work") showFirst();
  } catch (error) {
    if (error.status !== 403) return failed(error);
    tell("Nothing to review for you", error.message, "Look again", enter);
  }
}

// One claim at a time, or two would take more than are looked at.
const fetchAhead = () => fetching ??= claimAhead().finally(() => { fetching = null; });

async function claimAhead() {
  const from = gate, claimed = mine.length < ahead ? await queue.claim(from, ahead - mine.length) : [];
  // Another gate or view was chosen meanwhile: these are for others.
  if (from !== gate || view !== "work") return void await Promise.allSettled(claimed.map(queue.release));
  for (const item of claimed)
    if (!mine.some((m) => m.caseId === item.caseId)) mine.push(readied(item));
}

const isShown = (item) => mine[0] === item && !$("work").hidden;
const readied = (item) => prepare(item, isShown, { showImage, showHeat: heat.show, compare: compareWith });
const showImage = (item) => stage.show(item.address, `Image ${item.imageId} of ${item.source}`);

function showFirst() {
  const item = mine[0];
  if (!item) return tell("All done", "No case waits at this gate. New ones show by themselves.", "Look again", enter);
  only("work");
  compare.reset();
  // Words belong to the case: a half-written note stays while the case does.
  if (shown !== item) {
    $("reason").value = item.words?.reasonCode ?? "";
    $("note").value = item.words?.note ?? "";
  }
  shown = item;
  fillCase(item);
  fillNearest(item.nearest, compareWith);
  showImage(item);
  heat.show(item);
  showSimilar(item);
}

// How many others could be decided with this one; only asked for what is on the screen.
async function showSimilar(item) {
  $("similar").hidden = true;
  item.similar ??= await queue.similar(item).catch(() => null);
  if (mine[0] !== item || !item.similar?.length) return;
  tellSimilar(item);
}

const compareWith = (number) => compare.show(mine[0]?.nearest?.images, number);

// One step with the case on the screen: the next is there at once, and the step goes to the gateway meanwhile. A key that comes before
// the step before is answered waits for it, unless that changes what is on the screen.
async function step(act, done) {
  const item = mine[0];
  await answered;
  if (busy || view !== "work" || !item || mine[0] !== item) return;
  answered = take(item, act, done);
  if (!await answered) return;
  // The next decision need not wait until more is claimed.
  if (await fetchAhead().then(() => true, failed) && view === "work" && (!mine[0] || mine[0] !== shown)) showFirst();
}

// Gives whether the step was taken.
async function take(item, act, done) {
  busy = true;
  mine.shift();
  try {
    if (mine[0]) showFirst();
    await act(item);
    done?.(item);
    forget(item);
    return true;
  } catch (error) {
    // It may not have arrived; saying the same again under the same token changes nothing.
    if (error.status === 0 || error.status === 503) mine.unshift(item);
    failed(error);
    if (error.status === 409) enter();
    return false;
  } finally {
    busy = false;
  }
}

// The words are kept with the case, for when the decision does not arrive or is taken back.
function decide(verdict) {
  if (!mine[0]) return;
  const words = mine[0].words = { reasonCode: $("reason").value || undefined, note: $("note").value.trim() || undefined };
  return step((item) => queue.decide(item, { ...words, verdict }), (item) => {
    canUndo({ one: item });
    toast(`${item.source}: ${verdict}. Z takes it back.`);
  });
}

function canUndo(what) {
  undoable = what;
  $("undo").disabled = $("grid-undo").disabled = !undoable;
}

async function undo() {
  await answered;
  if (busy || !undoable) return;
  busy = true;
  try {
    if (undoable.one) {
      const item = await queue.undo(undoable.one);
      mine.unshift(readied({ ...item, words: undoable.one.words }));
      if (view === "work") showFirst();
    } else {
      const back = (await queue.undoBulk(gate, undoable.many)).filter((o) => !o.problem).length;
      toast(`${back} of ${undoable.many.length} taken back; they wait again.`);
      if (view === "grid") await enter();
    }
    canUndo(null);
  } catch (error) {
    failed(error);
  } finally {
    busy = false;
  }
}

async function decideSelected(verdict) {
  const choice = { verdict, reasonCode: $("grid-reason").value || undefined };
  const ids = bulk.selected();
  if (busy) return;
  if (ids.length === 0) return toast("Select images first: click them, press Space, or A for all.");
  busy = true;
  try {
    const outcomes = await queue.bulk(gate, ids, choice);
    const done = outcomes.filter((o) => !o.problem).map((o) => o.caseId);
    mine = mine.filter((item) => !done.includes(item.caseId));
    if (done.length > 0) canUndo({ many: done });
    $("grid-reason").value = "";
    const refused = outcomes.length - done.length;
    toast(`${done.length} decided as ${verdict}${refused ? `, ${refused} with somebody else or decided already` : ""}. Z takes them back.`);
    if (bulk.isOfOneCase()) setView("work");
    await enter();
  } catch (error) {
    failed(error);
  } finally {
    busy = false;
  }
}

function setView(name) {
  view = name;
  for (const other of ["work", "grid"]) $(`view-${other}`).setAttribute("aria-pressed", String(other === name));
}

async function change(name) {
  setView(name);
  // What nobody looks at is for others; similar cases are looked at beside the one in hand.
  if (name === "grid") {
    $("grid").hidden = true;
    await putBack();
  }
  await enter();
}

async function openSimilar() {
  const item = mine[0];
  if (busy || view !== "work" || !item?.similar?.length) return;
  setView("grid");
  await bulk.openSimilar(item);
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
  entered++;
  await fetching?.catch(() => {});      // what is on its way goes back, too
  const items = mine;
  mine = [];
  items.forEach(forget);
  await Promise.allSettled(items.map(queue.release));
}

$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  queue.session.key = $("key").value.trim();
  $("key").value = "";
  enter();
});
$("leave").onclick = async () => { await putBack(); leave(); };
$("gate").onchange = async () => {
  gate = $("gate").value;
  canUndo(null);
  tell("Opening the queue…", "Cases of the gate before go back to the others.");
  await putBack();
  enter();
};
$("undo").onclick = $("grid-undo").onclick = undo;
$("skip").onclick = () => step(queue.release);
$("escalate").onclick = () => step(queue.escalate, () => toast("Handed to a senior."));
$("similar").onclick = openSimilar;
$("heat-toggle").onclick = heat.toggle;
$("grid-back").onclick = () => change("work");
$("help-open").onclick = () => $("help").showModal();
for (const button of document.querySelectorAll("[data-verdict]")) button.onclick = () => decide(button.dataset.verdict);
for (const button of document.querySelectorAll("[data-bulk]")) button.onclick = () => decideSelected(button.dataset.bulk);
for (const name of ["work", "grid"]) $(`view-${name}`).onclick = () => change(name);
bulk.whenFiltered(() => bulk.open(gate).catch(failed));
followTheme($("theme"));

followKeys({ decide, decideSelected, undo, compare: () => compareWith(), back: () => change("work") });

setInterval(() => { for (const item of mine) queue.heartbeat(item).catch(() => {}); }, beat);
if (queue.session.key || await queue.session.find()) enter();
else leave();
