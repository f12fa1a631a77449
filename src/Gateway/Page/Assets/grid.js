// The grid: cases as pictures, near-duplicates together, selected by pointer or keys and decided at once.
import { element, score as figure } from "./format.js";
import { $ } from "./screen.js";

const parallel = 6;

const tiles = () => [...document.querySelectorAll(".tile")];
const isSelected = (tile) => tile.getAttribute("aria-pressed") === "true";

function select(some, on) {
  for (const tile of some) tile.setAttribute("aria-pressed", String(on));
  $("grid-selected").textContent = `${tiles().filter(isSelected).length} selected`;
}

function tile(item, distance) {
  const picture = element("img", { alt: "", draggable: "false", class: "waiting" });
  const told = item.score === undefined ? "not scored" : figure(item.score);
  const button = element("button", {
    type: "button", class: "tile", "data-case": item.caseId, "aria-pressed": "false", tabindex: "-1",
    ".onclick": () => { select([button], !isSelected(button)); rove(button); },
  },
    picture,
    element("span", {}, element("span", {}, item.source), " ", element("span", {}, distance === undefined ? told : distance === 0 ? "in hand" : `${distance.toFixed(2)} away`)));
  return { item, picture, button };
}

function section(title, made) {
  const list = element("ul", { class: "tiles" }, ...made.map((m) => element("li", {}, m.button)));
  if (!title) return list;
  const all = element("button", { type: "button", class: "button small" }, "Select");
  all.onclick = () => {
    const some = made.map((m) => m.button);
    select(some, !some.every(isSelected));
  };
  return element("section", { class: "group", "aria-label": title }, element("div", { class: "group-head" }, element("h3", {}, title), all), list);
}

// One tile can be reached by Tab; arrows go on from there.
function rove(to) {
  for (const each of tiles()) each.tabIndex = -1;
  if (to) to.tabIndex = 0;
}

// Pictures come a few at a time, so that the first rows are there first.
async function fetchPictures(made, pictureOf) {
  const waiting = [...made];
  await Promise.all(Array.from({ length: parallel }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const address = next.item.address ?? await pictureOf(next.item).catch(() => null);
      next.picture.classList.remove("waiting");
      if (!address) next.picture.replaceWith(element("span", { class: "no-picture" }, "No image"));
      else if (next.button.isConnected) {
        next.picture.alt = `Image ${next.item.imageId}`;
        next.picture.src = address;
      }
    }
  }));
}

export function clear() {
  for (const picture of $("tiles").querySelectorAll("img")) if (picture.src && !picture.dataset.kept) URL.revokeObjectURL(picture.src);
  $("tiles").replaceChildren();
}

/** Adds groups of cases: several alike get a heading of their own, the others stand together. */
export function add(groups, pictureOf) {
  const alike = groups.filter((g) => g.cases.length > 1), alone = groups.filter((g) => g.cases.length === 1);
  const made = [];
  const put = (title, cases, distances) => {
    const those = cases.map((item, i) => tile(item, distances?.[i]));
    made.push(...those);
    $("tiles").append(section(title, those));
  };
  for (const group of alike) put(group.title ?? `${group.cases.length} alike`, group.cases, group.distances);
  if (alone.length > 0) put(alike.length > 0 ? `${alone.length} like no other` : null, alone.flatMap((g) => g.cases), alone[0].distances);
  for (const { item, picture } of made) if (item.address) picture.dataset.kept = "true";
  rove(tiles()[0]);
  select([], false);
  return fetchPictures(made, pictureOf);
}

export const count = () => tiles().length;
export const selected = () => tiles().filter(isSelected).map((tile) => tile.dataset.case);
export const selectAll = () => select(tiles(), true);
export const selectNone = () => select(tiles(), false);
export const focusFirst = () => (tiles()[0] ?? $("grid-title")).focus();

/** Goes from tile to tile; gives whether the key was one for that. */
export function move(key) {
  const all = tiles(), at = all.indexOf(document.activeElement);
  if (all.length === 0) return false;
  const row = (from, down) => {
    const its = all[from].getBoundingClientRect();
    const others = all.filter((t) => down ? t.getBoundingClientRect().top > its.top + 4 : t.getBoundingClientRect().top < its.top - 4);
    if (others.length === 0) return from;
    const line = (down ? Math.min : Math.max)(...others.map((t) => t.getBoundingClientRect().top));
    const near = others.filter((t) => Math.abs(t.getBoundingClientRect().top - line) < 4)
      .sort((a, b) => Math.abs(a.getBoundingClientRect().left - its.left) - Math.abs(b.getBoundingClientRect().left - its.left));
    return all.indexOf(near[0]);
  };
  const to = at < 0 ? 0 : {
    ArrowRight: Math.min(all.length - 1, at + 1), ArrowLeft: Math.max(0, at - 1), Home: 0, End: all.length - 1,
  }[key] ?? (key === "ArrowDown" ? row(at, true) : key === "ArrowUp" ? row(at, false) : undefined);
  if (to === undefined || !["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"].includes(key)) return false;
  rove(all[to]);
  all[to].focus();
  return true;
}
