// The dialog with one image and its full result.

import { picture, scoreBar } from "./cards.js";
import { duration, element, score, share, verdictBadge } from "./format.js";

const facts = [
  ["Source", result => result.source],
  ["Subject", result => result.subject],
  ["Image id", result => result.imageId, "code"],
  ["Gate", result => result.gate],
  ["Score", result => result.score === undefined ? undefined : `${score(result.score)}, threshold ${score(result.threshold)}`],
  ["Not scored", result => result.unscored],
  ["p-value", result => result.pValue === undefined ? undefined : score(result.pValue)],
  ["Promised", result => result.promisedFalseAlarmRate === undefined ? undefined : `${share(result.promisedFalseAlarmRate)} false alarms`],
  ["Detector", result => result.detector],
  ["Nearest class", result => result.nearestClass],
  ["Statistics", result => result.statisticsVersion === undefined ? undefined : `version ${result.statisticsVersion}`],
  ["Model", result => result.modelHash, "code"],
  ["Preprocessing", result => result.preprocessingHash, "code"],
  ["Reason", result => result.reason],
  ["Explanation", result => result.detail],
  ["Put in", result => new Date(result.receivedAt).toLocaleString("en-GB")],
  ["Ended", result => `after ${duration(result.latencyMs).join(" ")}`],
  ["Position", result => result.position, "code"],
  ["Claim-check", result => result.dataReference, "code"],
];

export class Detail {
  #dialog = document.getElementById("detail");
  #shown;

  constructor(onClose) {
    this.#dialog.addEventListener("close", () => {
      const shown = this.#shown;
      this.#shown = undefined;
      onClose(shown);
    });
  }

  get shown() {
    return this.#shown;
  }

  show(result) {
    this.#shown = result.imageId;
    document.getElementById("detail-title").textContent = result.source || result.imageId;
    document.getElementById("detail-picture").replaceChildren(picture(result));
    document.getElementById("detail-verdict").replaceChildren(...[verdictBadge(result.verdict), scoreBar(result)].filter(Boolean));
    document.getElementById("detail-list").replaceChildren(...facts.flatMap(([name, of, className]) => {
      const value = of(result);
      return value === undefined || value === "" ? [] : [element("dt", {}, name), element("dd", { class: className }, String(value))];
    }));
    document.getElementById("detail-json").textContent = JSON.stringify(result, undefined, 2);
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}
