// The gates that a person may choose from, and what each has reasons for.
import { $ } from "./screen.js";

/** Offers the gates; gives the chosen one, or the first where it is not among them. */
export function offer(gates, chosen) {
  const gate = gates.find((g) => g.gate === chosen) ?? gates[0];
  $("gate").replaceChildren(...gates.map((g) => new Option(`${g.gate} (${g.open + g.escalated} waiting)`, g.gate, false, g === gate)));
  for (const list of [$("reason"), $("grid-reason")]) {
    const reason = list.value;
    list.replaceChildren(new Option("none given", ""), ...gate.reasonCodes.map((r) => new Option(r, r, false, r === reason)));
  }
  for (const option of $("grid-sort").options) option.hidden = option.disabled = gate.hidesScores && ["score", "uncertainty"].includes(option.value);
  if ($("grid-sort").selectedOptions[0]?.disabled) $("grid-sort").value = "";
  return gate.gate;
}
