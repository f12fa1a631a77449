// What is shown of a case is on its way before the case is on the screen.
import { fillCase, fillNearest } from "./cases.js";
import * as queue from "./queue.js";

/** Asks for everything that is shown of a case; what comes while it is on the screen is shown there. */
export function prepare(item, isShown, { showImage, showHeat, compare }) {
  queue.picture(item).catch(() => null).then((address) => {
    item.address = address;
    if (isShown(item)) showImage(item);
  });
  queue.heatMap(item).catch(() => null).then((address) => {
    item.heat = address;
    if (isShown(item)) showHeat(item);
  });
  queue.scores(item).then((scores) => {
    item.scores = scores;
    if (isShown(item)) fillCase(item);
  });
  queue.nearest(item).then((nearest) => {
    item.nearest = nearest;
    if (isShown(item)) fillNearest(nearest, compare);
  });
  return item;
}

/** Lets the pictures of a case go. */
export function forget(item) {
  for (const address of [item.address, item.heat, ...(item.nearest?.images ?? []).map((image) => image.address)])
    if (address) URL.revokeObjectURL(address);
}
