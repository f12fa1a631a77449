// Deciding several cases at once: the waiting cases of a gate with near-duplicates together, or those that are like one case.
import * as grid from "./grid.js";
import * as queue from "./queue.js";
import { $, only, tell } from "./screen.js";

export { move, selectAll, selectNone, selected } from "./grid.js";
let ofOneCase = false, asked = 0;

/** Whether the grid shows what is like one case. */
export const isOfOneCase = () => ofOneCase;

function queryOf() {
  const [side, hours] = $("grid-opened").value.split("-");
  const at = hours && new Date(Date.now() - hours * 3_600_000).toISOString();
  return {
    ...($("grid-sort").value && { sort: $("grid-sort").value }),
    ...($("grid-source").value.trim() && { source: $("grid-source").value.trim() }),
    ...(side && { [side === "from" ? "openedFrom" : "openedBefore"]: at }),
  };
}

function show(title, one) {
  ofOneCase = one;
  $("grid-title").textContent = title;
  $("grid-filters").hidden = one;
  $("grid-back").hidden = !one;
  $("grid-more").hidden = true;
  grid.clear();
  only("grid");
}

/** Shows a gate's waiting cases. */
export async function open(gate) {
  const number = ++asked, query = queryOf();
  if ($("grid").hidden) tell("Looking for cases…", "Near-duplicates are put together.");
  const page = await queue.groups(gate, query);
  if (number !== asked) return;
  if (page.groups.length === 0 && !page.next && Object.keys(query).length === 0)
    return tell("All done", "No case waits at this gate. New ones show when you look again.", "Look again", () => open(gate));
  show("Waiting cases", false);
  append(gate, query, page);
  grid.focusFirst();
}

function append(gate, query, page) {
  grid.add(page.groups, queue.picture);
  $("grid-count").textContent = grid.count() === 0 ? "None of them is as asked for." : `${grid.count()} shown${page.next ? ", more wait" : ""}`;
  $("grid-more").hidden = !page.next;
  $("grid-more").onclick = async () => {
    const number = asked;
    const more = await queue.groups(gate, { ...query, cursor: page.next });
    if (number === asked) append(gate, query, more);
  };
}

/** Shows a case with those that are like it, all selected. */
export async function openSimilar(item) {
  asked++;
  show(`Like image ${item.imageId}`, true);
  $("grid-count").textContent = `${item.similar.length} similar, all selected: look them through, and take out what does not belong. Away: 1 is the distance of any two cases.`;
  const shown = grid.add([{
    title: "The case in hand, and the most alike first",
    cases: [item, ...item.similar.map((s) => s.case)],
    distances: [0, ...item.similar.map((s) => s.distance)],
  }], queue.picture);
  grid.selectAll();
  grid.focusFirst();
  await shown;
}

/** Tells when the visitor asks for other cases. */
export function whenFiltered(act) {
  for (const id of ["grid-sort", "grid-opened", "grid-source"]) $(id).addEventListener("change", act);
}

$("grid-all").onclick = grid.selectAll;
$("grid-none").onclick = grid.selectNone;
