// Numbers, times and elements: how things are written on this page.

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Four significant digits, without an exponent where that is still readable. */
export function score(value) {
  if (value === undefined) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(2);
  return size >= 1000 ? plain.format(value) : String(Number(value.toPrecision(4)));
}

export function count(value) {
  return plain.format(value);
}

/** A rate per second: the smaller, the finer. */
export function rate(value) {
  return value === 0 ? "0" : value >= 100 ? plain.format(value) : value.toFixed(value >= 10 ? 1 : 2);
}

export function share(value) {
  return `${Number((100 * value).toFixed(value >= 0.1 ? 1 : 2))}\u00a0%`;
}

/** Milliseconds as [number, unit]. */
export function duration(ms) {
  if (ms === undefined) return ["–", ""];
  if (ms >= 120_000) return [(ms / 60_000).toFixed(1), "min"];
  if (ms >= 1000) return [(ms / 1000).toFixed(ms >= 10_000 ? 1 : 2), "s"];
  return [ms >= 10 ? ms.toFixed(0) : ms.toFixed(1), "ms"];
}

export function time(text) {
  return clock.format(new Date(text));
}

export function hourAndMinute(date) {
  return minute.format(date);
}

export const verdictWords = { "accept": "Accepted", "review": "Review", "dead-letter": "Dead letter" };

/** An element with attributes (or properties that begin with a dot) and children. Text is always text, never markup. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith(".")) made[name.slice(1)] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter(child => child !== undefined && child !== null));
  return made;
}

const svgNamespace = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#icon-${name}` }));
}

export function verdictBadge(verdict) {
  return element("span", { class: "verdict", "data-verdict": verdict }, icon(verdict), verdictWords[verdict]);
}

/** A bar with a mark; both in [0, 1]. */
export function bar(className, fill, mark, verdict) {
  const filled = element("i");
  filled.style.width = `${100 * Math.min(1, Math.max(0, fill))}%`;
  const made = element("span", { class: className, "data-verdict": verdict, "aria-hidden": "true" }, filled);
  if (mark !== undefined) {
    const line = element("em");
    line.style.left = `${100 * Math.min(1, mark)}%`;
    made.append(line);
  }
  return made;
}
