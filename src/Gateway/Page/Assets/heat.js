// The heat map of a case, laid over its image. Whether it is wanted stays from case to case.
import { $ } from "./screen.js";

let wanted = false, address = null, aside = false;

function draw() {
  const on = wanted && !aside && Boolean(address);
  $("heat").hidden = !on;
  $("heat-scale").hidden = !on;
  $("stage").classList.toggle("heated", on);
  $("heat-toggle").setAttribute("aria-pressed", String(wanted));
}

/** Takes over the heat map of a case: its address once it is there; there is none where the case names none. */
export function show(item) {
  address = item.heat ?? null;
  aside = false;
  $("heat-tools").hidden = !item.heatMap;
  if (address) $("heat").src = address;
  else $("heat").removeAttribute("src");
  draw();
}

/** Puts it aside while another image is shown in the case's place. */
export function putAside(whether) {
  aside = whether;
  draw();
}

export function toggle() {
  if ($("heat-tools").hidden) return;
  wanted = !wanted;
  draw();
}
