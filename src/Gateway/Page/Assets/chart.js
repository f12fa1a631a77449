// Series over time, drawn as SVG: lines that differ in colour and in dash.

import { count, element, hourAndMinute, rate, svg, time } from "./format.js";

const imageLines = [
  { key: "accept", name: "Accepted", of: point => point.accept },
  { key: "review", name: "Review", of: point => point.review },
  { key: "deadLetter", name: "Dead letters", of: point => point.deadLetter },
];
const cssKey = { accept: "accept", review: "review", deadLetter: "dead-letter", lag: "lag" };
const edge = { left: 34, right: 8, top: 8, bottom: 22 };

/** The next 1, 2 or 5 times a power of ten that is not below the value. */
function niceAbove(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map(step => step * power).find(step => step >= value * 0.999);
}

export class Chart {
  #host;
  #legend;
  #lines;
  #title;
  #perSecond;
  #series = [];
  #stepSeconds = 1;
  #pointed;

  /**
   * @param what lines (key, name, of: the value of a step), title, and perSecond: whether values are counts to be divided by the step.
   */
  constructor(host, legend, { lines = imageLines, title = "Images per second", perSecond = true } = {}) {
    this.#lines = lines;
    this.#title = title;
    this.#perSecond = perSecond;
    this.#host = host;
    this.#legend = legend;
    new ResizeObserver(() => this.#draw()).observe(host);
    host.addEventListener("pointermove", event => this.#point(event.clientX));
    host.addEventListener("pointerleave", () => this.#point(undefined));
  }

  /** Shows a series; its last step is not over yet and is left out. */
  show(series, stepSeconds) {
    this.#series = series.slice(0, -1);
    this.#stepSeconds = stepSeconds;
    this.#draw();
  }

  #point(clientX) {
    const box = this.#host.getBoundingClientRect();
    const along = (clientX - box.left - edge.left) / (box.width - edge.left - edge.right);
    this.#pointed = clientX === undefined || along < 0 || along > 1 ? undefined : Math.round(along * (this.#series.length - 1));
    this.#draw();
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.#host;
    const series = this.#series;
    if (series.length < 2 || width === 0) return;
    const lines = this.#lines, unit = this.#perSecond ? this.#stepSeconds : 1;
    const perSecond = line => series.map(point => line.of(point) / unit);
    const most = Math.max(...lines.map(line => Math.max(...perSecond(line))));
    const step = niceAbove(Math.max(most, this.#perSecond ? 0.4 / unit : 4) / 4);
    const top = step * Math.max(1, Math.ceil(most / step));
    const x = index => edge.left + index / (series.length - 1) * (width - edge.left - edge.right);
    const y = value => height - edge.bottom - value / top * (height - edge.top - edge.bottom);
    const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    for (let value = 0; value <= top * 1.001; value += step) {
      drawing.append(
        svg("line", { class: "rule", x1: edge.left, x2: width - edge.right, y1: y(value), y2: y(value) }),
        svg("text", { x: edge.left - 7, y: y(value) + 4, "text-anchor": "end" }, String(Number(value.toPrecision(3)))));
    }
    this.#drawTimes(drawing, x, width, height);
    for (const line of lines) this.#drawLine(drawing, line, perSecond(line), x, y);
    if (this.#pointed < series.length)
      drawing.append(svg("line", { class: "cursor", x1: x(this.#pointed), x2: x(this.#pointed), y1: edge.top, y2: height - edge.bottom }));
    this.#host.replaceChildren(drawing);
    this.#describe();
  }

  #drawLine(drawing, line, values, x, y) {
    const path = values.map((value, index) => `${index ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join("");
    const key = cssKey[line.key];
    if (key !== cssKey.review && key !== cssKey.deadLetter)
      drawing.append(svg("path", { class: "area", "data-key": key, d: `${path}L${x(values.length - 1)} ${y(0)}L${x(0)} ${y(0)}Z` }));
    drawing.append(svg("path", { class: "line", "data-key": key, d: path }));
  }

  #drawTimes(drawing, x, width, height) {
    const marks = width < 480 ? 3 : 6;
    for (let mark = 0; mark < marks; mark++) {
      const index = Math.round(mark / (marks - 1) * (this.#series.length - 1));
      const at = new Date(this.#series[index].at);
      const anchor = mark === 0 ? "start" : mark === marks - 1 ? "end" : "middle";
      drawing.append(svg("text", { x: x(index), y: height - 5, "text-anchor": anchor },
        mark === marks - 1 ? "now" : this.#stepSeconds >= 60 ? hourAndMinute(at) : time(at)));
    }
  }

  // The legend carries the numbers: those pointed at, or the mean of the last ten steps.
  #describe() {
    const chosen = this.#pointed === undefined ? this.#series.slice(-10) : [this.#series[this.#pointed]];
    const when = this.#pointed === undefined ? undefined : time(chosen[0].at);
    const unit = this.#perSecond ? this.#stepSeconds : 1;
    const values = this.#lines.map(line => chosen.reduce((sum, point) => sum + line.of(point), 0) / chosen.length / unit);
    this.#legend.replaceChildren(...this.#lines.map((line, i) => element("li", {},
      svg("svg", { viewBox: "0 0 18 8" }, svg("path", { class: "line", "data-key": cssKey[line.key], d: "M1 4H17" })),
      `${line.name} `, element("b", {}, rate(values[i])))), ...(when ? [element("li", {}, `at ${when}`)] : []));
    const span = this.#stepSeconds >= 60 ? "24 hours" : "5 minutes";
    const told = line => this.#perSecond
      ? `${line.name.toLowerCase()} ${count(this.#series.reduce((sum, point) => sum + line.of(point), 0))}`
      : `${count(Math.max(...this.#series.map(line.of)))} at most`;
    this.#host.setAttribute("aria-label",
      `${this.#title} over the last ${span}. ${this.#perSecond ? "In all: " : ""}${this.#lines.map(told).join(", ")}.`);
  }
}
