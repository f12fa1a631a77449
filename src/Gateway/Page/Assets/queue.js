// The review API, by a key that stays in this tab, or by the session of the log-in page and its token against forged requests.
const keyName = "moodstream.review.key";
let csrf = null;

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? "The gateway does not answer.");
    this.status = status;
    this.type = problem?.type?.split(":").pop() ?? "";
  }
}

export const session = {
  get key() { return sessionStorage.getItem(keyName); },
  set key(value) { value ? sessionStorage.setItem(keyName, value) : sessionStorage.removeItem(keyName); },
  get known() { return Boolean(this.key || csrf); },

  // Takes over a session that there is; gives whether there is one.
  async find() {
    const response = await fetch("/v1/session").catch(() => null);
    csrf = response?.ok ? (await response.json()).csrfToken : null;
    return Boolean(csrf);
  },

  // Ends it here, and goes on to the organisation's provider where it began there; gives whether it does.
  async end() {
    const response = csrf ? await fetch("/v1/session", { method: "DELETE", headers: credentials() }).catch(() => null) : null;
    csrf = null;
    this.key = null;
    if (response?.status !== 200) return false;
    location.assign((await response.json()).provider);
    return true;
  },
};

const credentials = () => session.key ? { authorization: `Bearer ${session.key}` } : csrf ? { "x-csrf-token": csrf } : {};

export async function send(method, path, body, headers = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...credentials(), ...headers, ...(body ? { "content-type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch {
    throw new ApiError(0, null);
  }
  if (response.ok) return response;
  throw new ApiError(response.status, await response.json().catch(() => null));
}

export const json = async (...request) => (await send(...request)).json();
const at = (item, step) => `/v1/review/${encodeURIComponent(item.gate)}/cases/${item.caseId}/${step}`;

export const gates = () => json("GET", "/v1/review/gates");
export const groups = (gate, query) => json("GET", `/v1/review/${encodeURIComponent(gate)}/groups?${new URLSearchParams({ limit: 100, ...query })}`);
export const similar = async (item) => (await json("GET", at(item, "similar"))).cases;
export const claim = async (gate, count) => (await json("POST", `/v1/review/${encodeURIComponent(gate)}/claims`, { count })).cases;
export const decide = (item, choice) => json("POST", at(item, "decision"), { ...choice, token: item.token });
export const release = (item) => json("POST", at(item, "release"), { token: item.token });
export const escalate = (item) => json("POST", at(item, "escalation"), { token: item.token });
export const heartbeat = (item) => json("POST", at(item, "heartbeat"), { token: item.token });
export const undo = (item) => json("POST", at(item, "undo"), {});
export const bulk = async (gate, caseIds, choice) => inParts(caseIds, (part) =>
  json("POST", `/v1/review/${encodeURIComponent(gate)}/decisions`, { ...choice, caseIds: part }));
export const undoBulk = (gate, caseIds) => inParts(caseIds, (part) =>
  json("POST", `/v1/review/${encodeURIComponent(gate)}/decisions/undo`, { caseIds: part }));

// So many cases go into one request.
const mostInBulk = 200;
async function inParts(caseIds, ask) {
  const outcomes = [];
  for (let from = 0; from < caseIds.length; from += mostInBulk) outcomes.push(...(await ask(caseIds.slice(from, from + mostInBulk))).outcomes);
  return outcomes;
}

// The accepted images that are most like a case, with their pictures; null where they cannot be had.
export async function nearest(item) {
  try {
    const found = await json("GET", at(item, "nearest"));
    await Promise.all(found.images.map(async (image) => { image.address = await picture(image).catch(() => null); }));
    return found;
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

// How the scores of in-distribution images are distributed, by the statistics of a case; null where that is not known.
const distributions = new Map(), mostDistributions = 16;
export function scores(item) {
  const name = `${item.gate}/${item.statisticsVersion}`;
  if (!distributions.has(name)) {
    if (distributions.size >= mostDistributions) distributions.delete(distributions.keys().next().value);
    const asked = json("GET", `/v1/review/${encodeURIComponent(item.gate)}/score-distribution?version=${item.statisticsVersion}`);
    distributions.set(name, asked.catch((error) => {
      if (error.status !== 404) distributions.delete(name);
      return null;
    }));
  }
  return distributions.get(name);
}

// An image as an address of this page; null where there is none to show.
export async function picture(item) {
  try {
    return URL.createObjectURL(await (await send("GET", item.image)).blob());
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

// The heat map of a case as an address of this page; null where there is none.
export const heatMap = async (item) => item.heatMap ? picture({ image: item.heatMap }) : null;

// Reads server-sent events by fetch, since EventSource can send no key. Ends when the stream does.
export async function follow(gate, signal, onEvent) {
  const response = await fetch(`/v1/review/${encodeURIComponent(gate)}/events`, {
    headers: credentials(), signal,
  });
  if (!response.ok) throw new ApiError(response.status, null);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) onEvent(/^event: (.*)$/m.exec(event)?.[1] ?? "message");
  }
}
