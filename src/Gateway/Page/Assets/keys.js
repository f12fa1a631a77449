// What keys do: in the work view, in the grid, and in both.
import * as bulk from "./bulk.js";
import * as heat from "./heat.js";
import { $ } from "./screen.js";
import * as stage from "./stage.js";

const verdicts = ["in-distribution", "out-of-distribution", "unusable", "unsure"];
const workKeys = {
  s: () => $("skip").click(), e: () => $("escalate").click(), g: () => $("similar").click(), h: heat.toggle,
  0: stage.whole, "+": () => stage.zoomBy(1.3), "-": () => stage.zoomBy(1 / 1.3),
  ArrowLeft: () => stage.moveBy(60, 0), ArrowRight: () => stage.moveBy(-60, 0),
  ArrowUp: () => stage.moveBy(0, 60), ArrowDown: () => stage.moveBy(0, -60),
};
const gridKeys = { a: bulk.selectAll, n: bulk.selectNone };

/** Listens to keys. */
export function followKeys({ decide, decideSelected, undo, compare, back }) {
  const press = (key) => {
    const inGrid = !$("grid").hidden;
    if (key === "?") $("help").showModal();
    else if ($("work").hidden && !inGrid) return false;
    else if (key === "z") undo();
    else if (key === "Escape" && inGrid) back();
    else if ("1234".includes(key)) (inGrid ? decideSelected : decide)(verdicts[Number(key) - 1]);
    else if (inGrid && gridKeys[key]) gridKeys[key]();
    else if (inGrid) return bulk.move(key);
    else if (key === "c") compare();
    else if (workKeys[key]) workKeys[key]();
    else return false;
    return true;
  };
  document.addEventListener("keydown", (event) => {
    // A key that is held down moves and zooms on, and decides once.
    if (event.repeat && !/^(Arrow|[+-])/.test(event.key)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT)$/.test(event.target.tagName) || $("help").open) return;
    if (press(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
  });
}
