// The accepted images beside a case; one of them may be looked at in the case's place.
import * as heat from "./heat.js";
import * as stage from "./stage.js";

let compared = null;

/** The case's own image is on the screen. */
export function reset() {
  compared = null;
}

/** Shows an accepted image by its number; the same number again, or none, shows the case's own image. */
export function show(images, number = compared ?? 0) {
  const image = images?.[number];
  compared = compared === number || !image?.address ? null : number;
  stage.compare(compared === null ? null : image.address,
    compared === null ? "" : `Accepted image ${image.imageId} of ${image.source}, similarity ${image.similarity.toFixed(2)}`);
  heat.putAside(compared !== null);
  for (const [i, button] of document.querySelectorAll(".neighbour").entries()) button.setAttribute("aria-pressed", String(i === compared));
}
