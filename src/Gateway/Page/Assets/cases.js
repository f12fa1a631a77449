// What is told of a case beside its image: score, facts, and the accepted images that are most like it.
import { element, score as figure } from "./format.js";
import { drawScores } from "./scores.js";
import { $ } from "./screen.js";

const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });
const fact = (name, value) => [element("dt", {}, name), element("dd", { title: value }, value)];

function age(from) {
  const minutes = Math.max(0, (Date.now() - new Date(from)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 90) return `${Math.round(minutes)} min ago`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1440)} days ago`;
}

export function fillCase(item) {
  $("case-source").textContent = item.source;
  $("case-flag").hidden = !item.seniorOnly;
  drawScores(item, item.scores);
  $("facts").replaceChildren(
    ...(item.subject === undefined ? [] : fact("Subject", item.subject)),
    ...(item.pValue === undefined ? [] : fact("p-value", figure(item.pValue))),
    ...(item.nearestClass === undefined ? [] : fact("Nearest class", String(item.nearestClass))),
    ...fact("Received", moment.format(new Date(item.receivedAt))),
    ...fact("Waiting since", age(item.openedAt)),
    ...fact("Statistics", `version ${item.statisticsVersion}`),
    ...fact("Image", item.imageId));
}

/** Tells how many others could be decided with a case. */
export function tellSimilar(item) {
  $("similar-text").textContent = `${item.similar.length} similar ${item.similar.length === 1 ? "case waits" : "cases wait"}`;
  $("similar").hidden = false;
}

function neighbour(image, number, compare) {
  const picture = element("img", { alt: "", draggable: "false" });
  if (image.address) picture.src = image.address;
  return element("li", {}, element("button", {
    type: "button", class: "neighbour", ".onclick": () => compare(number), "aria-pressed": "false",
    "aria-label": `Compare with accepted image ${image.imageId} of ${image.source}, similarity ${image.similarity.toFixed(2)}`,
  }, picture, element("span", {}, image.similarity.toFixed(2))));
}

/** Shows the accepted images that are like a case: undefined while they are asked for, null where they cannot be had. */
export function fillNearest(nearest, compare) {
  const images = nearest?.images ?? [];
  $("nearest-list").replaceChildren(...images.map((image, number) => neighbour(image, number, compare)));
  $("nearest-note").textContent =
    nearest === undefined ? "Looking among the accepted images…"
    : nearest === null ? "They cannot be read now."
    : nearest.considered === 0 ? "None yet: this gateway has seen no accepted image of this gate since it started."
    : images.length === 0 ? "None can be compared with this image."
    : `of the newest ${nearest.considered} accepted`;
}
