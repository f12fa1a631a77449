// The score of a case among those of in-distribution images, as a plot and in words.
import { count, score as figure, svg } from "./format.js";
import { $ } from "./screen.js";

const wide = 300, base = 62, top = 14, edge = 8;

// Of n in-distribution images k score at least as high, and p = (k + 1) / (n + 1).
function words(item, its) {
  if (item.scoreHidden) return "Kept back until the case is decided, so that the score sways nobody.";
  if (item.score === undefined) return "This image was not scored: the gate had no usable statistics.";
  const side = item.score > item.threshold ? "above" : "not above";
  if (!its || item.pValue === undefined)
    return `Score ${figure(item.score)}, ${side} the threshold ${figure(item.threshold)}.`;
  const above = Math.round(item.pValue * (its.count + 1)) - 1;
  const place = above <= 0
    ? `Higher than all ${count(its.count)} in-distribution images behind the threshold`
    : `Higher than ${Number((100 * (1 - above / its.count)).toFixed(1))}\u00a0% of ${count(its.count)} in-distribution images`;
  return `${place}; ${side} the threshold.`;
}

function bars(its, place) {
  const most = Math.max(...its.counts), width = (its.high - its.low) / its.counts.length;
  return its.counts.map((images, i) => {
    const from = place(its.low + i * width), to = place(its.low + (i + 1) * width), high = images === 0 ? 0 : Math.max(1, (base - top) * images / most);
    return svg("rect", {
      class: its.low + (i + 0.5) * width > its.threshold ? "bin out" : "bin",
      x: from, width: Math.max(1, to - from - 0.6), y: base - high, height: high,
    });
  });
}

// A score far beyond all others stands at the edge, with an arrow: to scale it would squeeze the rest into one bar.
function reach(item, its) {
  const low = Math.min(its?.low ?? 0, item.score, item.threshold), high = Math.max(its?.high ?? 0, item.threshold);
  const most = high + 0.6 * (high - low);
  const end = Math.min(Math.max(high, item.score), most);
  return { low, end: end > low ? end : low + 1, beyond: item.score > most };
}

/** Draws the score of a case; without a distribution, the score beside the threshold alone. */
export function drawScores(item, its) {
  const plot = $("scale"), scored = item.score !== undefined && item.threshold !== undefined;
  $("score-text").textContent = words(item, its);
  plot.toggleAttribute("hidden", !scored);
  plot.replaceChildren();
  if (!scored) return;
  const { low, end, beyond } = reach(item, its);
  const place = (value) => edge + (wide - 2 * edge) * Math.max(0, Math.min(1, (value - low) / (end - low)));
  const limit = place(item.threshold), mark = place(item.score), out = item.score > item.threshold;
  plot.append(
    ...(its ? bars(its, place) : []),
    svg("line", { class: "axis", x1: edge, x2: wide - edge, y1: base + 0.5, y2: base + 0.5 }),
    svg("line", { class: "limit", x1: limit, x2: limit, y1: top - 8, y2: base + 5 }),
    svg("text", { x: limit + (limit > wide / 2 ? -4 : 4), y: top, "text-anchor": limit > wide / 2 ? "end" : "start" },
      `threshold ${figure(item.threshold)}`),
    svg("path", { class: out ? "mark" : "mark in", d: `M${mark} ${base + 2}l6 11h-12z` }),
    svg("text", { class: "value", x: Math.max(30, Math.min(wide - 30, mark)), y: base + 26, "text-anchor": "middle" },
      `${figure(item.score)}${beyond ? " →" : ""}`));
}
