// Which part of the page is shown, and what is told beside it.
export const $ = (id) => document.getElementById(id);

export function only(id) {
  for (const name of ["login", "state", "work", "grid"]) $(name).hidden = name !== id;
  $("bar").hidden = id === "login";
  $("leave").hidden = id === "login";
}

export function tell(title, text, action, onAction) {
  $("state-title").textContent = title;
  $("state-text").textContent = text;
  $("state-action").hidden = !action;
  $("state-action").textContent = action ?? "";
  $("state-action").onclick = onAction;
  only("state");
}

export function toast(text, milliseconds = 6_000) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { $("toast").hidden = true; }, milliseconds);
}

export function connection(state, text) {
  $("connection").dataset.state = state;
  $("connection").textContent = text;
}

/** Tells that the gateway is out of reach, and offers to try again. */
export function lost(again) {
  connection("lost", "Connection lost");
  tell("The gateway does not answer",
    "Nothing is lost: decisions that arrived are safe, and what did not arrive is shown to you again. Trying every two seconds.",
    "Try now", again);
}
