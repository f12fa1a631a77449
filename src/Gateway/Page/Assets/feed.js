// What the gateway tells: the newest results at the start, then events. Reconnects by itself.

async function read(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** Reads the rates of a resolution: "second" or "minute". */
export function readRates(resolution) {
  return read(`/v1/live/rates?resolution=${resolution}`);
}

/**
 * Follows the gateway for as long as the page is open.
 * @param on Called with everything that arrives: results (newest first), result, rates, dropped, state.
 */
export function follow(on) {
  const retryMs = 2000;
  const events = new EventSource("/v1/live/events");
  events.addEventListener("open", () => on.state("live"));
  events.addEventListener("error", () => {
    on.state("connecting");
    // A refusal closes the source for good; a lost connection it takes up again itself.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => follow(on), retryMs);
  });
  events.addEventListener("hello", async () => {
    try {
      const [{ results }, rates] = await Promise.all([read("/v1/live/results?limit=200"), readRates("second")]);
      on.results(results);
      on.rates(rates);
    } catch {
      on.state("connecting");
    }
  });
  events.addEventListener("result", event => on.result(JSON.parse(event.data)));
  events.addEventListener("rates", event => on.rates(JSON.parse(event.data)));
  events.addEventListener("dropped", event => on.dropped(JSON.parse(event.data).count));
}
