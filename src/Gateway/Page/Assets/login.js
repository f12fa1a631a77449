import { followTheme } from "./theme.js";

const $ = (id) => document.getElementById(id);
const home = location.search === "?operate" ? "/operate" : "/review";

function tell(id, text) {
  $(id).textContent = text;
  $(id).hidden = !text;
}

// Who is signed in already has nothing to do here.
async function start() {
  try {
    if ((await fetch("/v1/session")).ok) return location.replace(home);
    const ways = await (await fetch("/v1/session/ways")).json();
    $("password-form").hidden = !ways.password;
    $("provider").hidden = !ways.provider;
    $("key").hidden = false;
    tell("state", ways.password || ways.provider ? "" : "This gateway takes keys alone.");
    if (location.search === "?refused") tell("provider-error", "Your organisation, or this gateway, refused the sign-in.");
    if (ways.password) $("name").focus();
  } catch {
    tell("state", "The gateway does not answer. Reload the page to try again.");
  }
}

async function signIn(event) {
  event.preventDefault();
  tell("error", "");
  try {
    const response = await fetch("/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: $("name").value.trim(), password: $("password").value }),
    });
    if (response.ok) return location.replace(home);
    const wait = response.headers.get("retry-after");
    const problem = await response.json().catch(() => ({}));
    tell("error", (problem.detail ?? "That did not work.") + (wait ? ` (${wait} seconds)` : ""));
  } catch {
    tell("error", "The gateway does not answer.");
  }
  $("password").value = "";
  $("password").focus();
}

$("password-form").addEventListener("submit", signIn);
followTheme();
start();
