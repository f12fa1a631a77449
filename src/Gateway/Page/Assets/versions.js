// The versions that are kept, how the latest refit went, and who activated what.

import { age, button, measure, short, words } from "./attention.js";
import { count, element, score, share, time } from "./format.js";

const standings = { active: "Active", waiting: "Waits", rejected: "Rejected", earlier: "Earlier", unused: "Not used yet" };
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const when = (text) => `${day.format(new Date(text))}, ${time(text)}`;

/** @param on act (asks, then changes), opened (versions shown in full), toggle (shows or hides one). */
export function drawVersions(host, its, on) {
  host.replaceChildren(...its.versions.flatMap((version) =>
    on.opened.has(version.version) ? [row(its, version, on), detail(its, version)] : [row(its, version, on)]));
}

function row(its, version, on) {
  const { header } = version;
  const passed = header?.guards.filter((guard) => guard.passed).length ?? 0;
  const open = on.opened.has(version.version);
  const guards = !header ? "no header" : header.guards.length === 0 ? "none looked" : `${passed} of ${header.guards.length} passed`;
  return element("tr", {},
    element("td", {}, String(version.version)),
    element("td", {}, element("span", { class: "standing", "data-standing": version.standing }, standings[version.standing])),
    element("td", { class: "made" }, ...(header
      ? [element("b", {}, header.reason), `${age(header.createdAt, its.at)} ago by ${header.author}`]
      : ["before headers were kept"])),
    element("td", { class: "number" }, header ? count(header.effectiveCount) : "–"),
    element("td", { class: "number" }, score(header?.threshold)),
    element("td", {}, element("button", {
      type: "button", class: "reveal", "data-key": `open-${version.version}`, "aria-expanded": String(open), ".onclick": () => on.toggle(version.version),
      "aria-label": `Version ${version.version}: ${guards}. ${open ? "Hide" : "Show"} the details`,
    }, guards)),
    element("td", {}, action(its, version, on.act)));
}

function action(its, version, act) {
  const { header } = version;
  const active = its.versions.find((other) => other.standing === "active");
  const otherModel = Boolean(active?.header && header)
    && (active.header.modelHash !== header.modelHash || active.header.preprocessingHash !== header.preprocessingHash);
  const number = version.version;
  if (version.standing === "earlier" || version.standing === "unused") {
    const back = version.standing === "earlier";
    return button(`activate-${number}`, back ? "Roll back to it…" : "Activate…", () => act({
      title: back ? `Roll ${its.gate} back to version ${number}?` : `Activate version ${number} of ${its.gate}?`,
      text: `${active ? `Version ${active.version} judges now. ` : "Nothing is active now. "}From the next batch on images are judged by version ${number}`
        + `${header ? `, made ${when(header.createdAt)}, threshold ${score(header.threshold)}` : ""}.`,
      go: back ? `Roll back to version ${number}` : `Activate version ${number}`, done: `Version ${number} is active.`,
      path: "/activations", body: { version: number }, otherModel,
    }), back ? "danger" : "");
  }
  if (header && !header.approval && version.standing !== "waiting")
    return button(`approve-row-${number}`, version.standing === "active" ? "Approve…" : "Approve and activate…", () => act({
      title: `Approve version ${number} of ${its.gate}?`, go: `Approve version ${number}`,
      text: version.standing === "active"
        ? "It judges already. Later refits are compared with it, so that slow shifts are seen."
        : "It was rejected. Approved, it becomes active at once, and later refits are compared with it.",
      done: `Version ${number} is approved.`, path: `/versions/${number}/approval`, otherModel: version.standing === "active" ? false : otherModel,
    }));
  return header?.approval ? element("span", { class: "quiet" }, `approved by ${header.approval.by}`) : undefined;
}

function detail(its, { version, header }) {
  const facts = !header ? [["Header", "none: a version of a time before headers"]] : [
    ["Made", when(header.createdAt)],
    ["Detector", `${header.detector}, ${count(header.classCount)} classes, ${count(header.featureDimension)} features`],
    ["Images", `${count(header.count)}, effective ${count(header.effectiveCount)}; ${count(header.calibrationCount)} calibrate`],
    ["Promise", `${share(header.targetFalseAlarmRate)} of in-distribution images to review`],
    ["From", header.parent ? `version ${header.parent}` : "fitted from scratch"],
    ["Model", header.modelHash], ["Preprocessing", header.preprocessingHash],
    ...(header.approval ? [["Approved", `${header.approval.by}: ${header.approval.reason}`]] : []),
    ...(header.rejection ? [["Rejected", `${header.rejection.by}: ${header.rejection.reason}`]] : []),
  ];
  return element("tr", { class: "detail-row" }, element("td", { colspan: "7" }, element("div", { class: "inner" },
    guardTable(version, header),
    element("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [
      element("dt", {}, name), element("dd", { class: name === "Model" || name === "Preprocessing" ? "mono" : "" }, name === "Model" || name === "Preprocessing" ? short(value) : value),
    ])))));
}

function guardTable(version, header) {
  if (!header?.guards.length) return element("p", { class: "quiet" }, "No guard looked at this version: no refit made it.");
  return element("table", { class: "guards", "aria-label": `Guards of version ${version}` },
    element("tbody", {}, ...header.guards.map((guard) => element("tr", {},
      element("td", {}, words(guard.name)),
      element("td", { class: guard.passed ? "yes" : "no" }, guard.passed ? "passed" : "refused"),
      element("td", { class: "number" }, measure(guard)),
      element("td", {}, guard.explanation ?? "")))));
}

const steps = ["Requested", "Fitted", "Guarded", "Published", "Activated"];

export function drawRefit(host, its) {
  const { refit } = its;
  const waiting = its.requests.length > 0 ? [element("p", { class: "quiet" },
    `${count(its.requests.length)} more ${its.requests.length === 1 ? "is" : "are"} asked for: ${its.requests[0].reason} (${its.requests[0].by})`)] : [];
  if (!refit) return host.replaceChildren(element("p", { class: "quiet" }, "There was none yet."), ...waiting);
  const refused = refit.state === "Refused";
  const reached = steps.indexOf(refit.state);
  host.replaceChildren(
    element("ol", { class: "steps", "aria-label": "How far it came" }, ...(refused
      ? [element("li", { "data-refused": true }, "Refused")]
      : steps.map((step, index) => element("li", { "data-done": index <= reached, "aria-current": index === reached ? "step" : undefined }, step.toLowerCase())))),
    element("p", {}, refit.reason),
    element("p", { class: "quiet" }, `asked for ${age(refit.requestedAt, its.at)} ago by ${refit.by}`
      + `${refit.version ? `, version ${refit.version}` : ""}${refit.endedAt ? `, ended ${when(refit.endedAt)}` : ""}`),
    ...(refused ? [element("ul", { class: "failed" }, ...refit.refusals.map((refusal) => element("li", {},
      element("b", {}, words(refusal.reason)), element("span", { class: "quiet" }, refusal.explanation))))] : []),
    ...waiting);
}

export function drawHistory(host, its) {
  host.replaceChildren(...its.history.map((activated) => element("li", {},
    element("span", { class: "number" }, String(activated.version)),
    element("div", {},
      element("div", {}, `${when(activated.at)} by ${activated.by}`),
      element("div", { class: "quiet" }, `${activated.previous ? `after version ${activated.previous}` : "the first"}${activated.reason ? `: ${activated.reason}` : ""}`)))));
  if (its.history.length > 0) host.tabIndex = 0;
}
