// What is told of a case beside its image, and the grid.
const $ = (id) => document.getElementById(id);
const figure = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });
const svg = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

function fact(name, value) {
  const term = document.createElement("dt"), said = document.createElement("dd");
  term.textContent = name;
  said.textContent = value;
  return [term, said];
}

// The score beside the threshold: left of it the gate accepts.
function drawScale(item) {
  const scale = $("scale");
  scale.replaceChildren();
  scale.toggleAttribute("hidden", item.score === undefined || item.threshold === undefined);
  if (item.score === undefined || item.threshold === undefined) return;
  const top = Math.max(item.score, item.threshold) * 1.15 || 1;
  const place = (value) => 10 + 280 * Math.max(0, Math.min(1, value / top));
  const limit = place(item.threshold), mark = place(item.score);
  scale.append(
    svg("line", { class: "axis", x1: 10, x2: 290, y1: 26, y2: 26 }),
    svg("line", { class: "out", x1: limit, x2: 290, y1: 26, y2: 26 }),
    svg("line", { class: "limit", x1: limit, x2: limit, y1: 12, y2: 40 }),
    svg("circle", { class: item.score > item.threshold ? "mark" : "mark in", cx: mark, cy: 26, r: 8 }),
    svg("text", { x: limit, y: 52, "text-anchor": limit > 150 ? "end" : "start" }, `threshold ${figure.format(item.threshold)}`));
}

export function fillCase(item) {
  $("case-source").textContent = item.source;
  $("case-flag").hidden = !item.seniorOnly;
  drawScale(item);
  $("facts").replaceChildren(
    ...fact("Score", item.score === undefined ? "not scored" : figure.format(item.score)),
    ...(item.pValue === undefined ? [] : fact("p-value", figure.format(item.pValue))),
    ...(item.nearestClass === undefined ? [] : fact("Nearest class", String(item.nearestClass))),
    ...fact("Received", moment.format(new Date(item.receivedAt))),
    ...fact("Statistics", `version ${item.statisticsVersion}`),
    ...fact("Image", item.imageId));
}

function tile(item) {
  const entry = document.createElement("li"), button = document.createElement("button");
  const picture = document.createElement("img"), line = document.createElement("span");
  const source = document.createElement("span"), score = document.createElement("span");
  button.type = "button";
  button.className = "tile";
  button.dataset.case = item.caseId;
  button.setAttribute("aria-pressed", "false");
  button.onclick = () => button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  picture.alt = `Image ${item.imageId}`;
  source.textContent = item.source;
  score.textContent = item.score === undefined ? "not scored" : figure.format(item.score);
  line.append(source, score);
  button.append(picture, line);
  entry.append(button);
  return { entry, picture };
}

// Fills the grid; pictures come a few at a time, so that the first rows are there first.
export async function fillGrid(cases, pictureOf) {
  for (const old of $("tiles").querySelectorAll("img")) URL.revokeObjectURL(old.src);
  const tiles = cases.map((item) => ({ item, ...tile(item) }));
  $("tiles").replaceChildren(...tiles.map((t) => t.entry));
  $("grid-count").textContent = `${cases.length} cases, the first to decide first`;
  const queue = [...tiles];
  await Promise.all(Array.from({ length: 6 }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const address = await pictureOf(next.item);
      if (address) next.picture.src = address;
    }
  }));
}

export const selected = () =>
  [...document.querySelectorAll('.tile[aria-pressed="true"]')].map((button) => button.dataset.case);

export function selectAll() {
  for (const button of document.querySelectorAll(".tile")) button.setAttribute("aria-pressed", "true");
}
