// The grid of newest images: one card per result, kept in step with the list without rebuilding what is there.

import { bar, element, icon, score, time, verdictBadge } from "./format.js";

// The threshold sits here on every bar, so that cards compare at a glance.
const thresholdAt = 0.62;
const smallPixels = 96;

/** Score against threshold on a bar; nothing where the two have no common scale. */
export function scoreBar(result) {
  const { score: value, threshold, verdict } = result;
  if (value === undefined || !(threshold > 0)) return undefined;
  return bar("bar", thresholdAt * value / threshold, thresholdAt, verdict);
}

/** The picture of a result, or why there is none. */
export function picture(result, missingText) {
  const missing = () => element("span", { class: "missing" }, icon(result.verdict), missingText ?? "No image to show");
  if (!result.image) return missing();
  const image = element("img", { alt: "", loading: "lazy", decoding: "async", draggable: "false" });
  image.addEventListener("load", () => image.classList.toggle("small", image.naturalWidth < smallPixels), { once: true });
  image.addEventListener("error", () => image.replaceWith(missing()), { once: true });
  image.src = result.image;
  return image;
}

function judged(result) {
  const where = element("span", { class: "row quiet" }, element("span", {}, result.gate), element("span", {}, `statistics ${result.statisticsVersion}`));
  if (result.unscored)
    return [element("span", { class: "unscored" }, "not scored"), element("span", { class: "explain" }, result.unscored), where];
  return [
    scoreBar(result),
    element("span", { class: "row number" },
      element("span", {}, `${score(result.score)} `, element("span", { class: "quiet" }, `of ${score(result.threshold)}`)),
      element("span", {}, `p ${score(result.pValue)}`)),
    where,
  ];
}

function deadLetter(result) {
  return [
    element("span", { class: "reason" }, result.reason),
    result.detail ? element("span", { class: "explain" }, result.detail) : undefined,
  ];
}

function card(result, open) {
  const button = element("button",
    { type: "button", class: "card card-new", "data-verdict": result.verdict, tabindex: "-1" },
    element("span", { class: "picture" }, picture(result), verdictBadge(result.verdict)),
    element("span", { class: "card-text" },
      element("span", { class: "row" },
        element("span", { class: "card-source", title: result.source }, result.source || "(no source)"),
        element("span", { class: "quiet" }, time(result.endedAt))),
      ...(result.verdict === "dead-letter" ? deadLetter(result) : judged(result))));
  button.addEventListener("click", () => open(result.imageId));
  return element("li", { "data-id": result.imageId }, button);
}

export class Cards {
  #grid;
  #open;
  #byId = new Map();

  constructor(grid, open) {
    this.#grid = grid;
    this.#open = open;
    grid.addEventListener("focusin", event => this.#makeTabStop(event.target.closest(".card")));
  }

  /** Shows exactly these results in this order. A focused card keeps its focus for as long as it is shown. */
  show(results) {
    const wanted = new Set(results.map(result => result.imageId));
    for (const [id, item] of this.#byId) {
      if (wanted.has(id)) continue;
      item.remove();
      this.#byId.delete(id);
    }
    let place = this.#grid.firstElementChild;
    for (const result of results) {
      let item = this.#byId.get(result.imageId);
      if (!item) this.#byId.set(result.imageId, item = card(result, this.#open));
      if (item === place) place = place.nextElementSibling;
      else this.#grid.insertBefore(item, place);
    }
    if (!this.#grid.querySelector('.card[tabindex="0"]')) this.#makeTabStop(this.#cards()[0]);
  }

  /** Moves the focus for an arrow key, Home or End; returns whether the key was one. */
  move(key) {
    const cards = this.#cards();
    const now = cards.indexOf(document.activeElement?.closest(".card"));
    const columns = cards.findIndex(other => other.offsetTop > cards[0].offsetTop);
    const across = columns < 1 ? cards.length : columns;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across, Home: -cards.length, End: cards.length };
    if (!(key in steps) || cards.length === 0) return false;
    if (now < 0 && (key === "Home" || key === "End")) return false;
    const next = now < 0 ? 0 : Math.min(cards.length - 1, Math.max(0, now + steps[key]));
    cards[next].focus();
    return true;
  }

  focus(id) {
    this.#byId.get(id)?.querySelector(".card").focus();
  }

  #cards() {
    return [...this.#grid.querySelectorAll(".card")];
  }

  // One card is in the tab order; arrow keys do the rest.
  #makeTabStop(chosen) {
    if (!chosen) return;
    for (const other of this.#grid.querySelectorAll('.card[tabindex="0"]')) other.tabIndex = -1;
    chosen.tabIndex = 0;
  }
}
