// The image, and what is laid over it: zoom by wheel, keys or two fingers, move by dragging or arrows; another image may be shown in its place to compare.
const stage = document.getElementById("stage");
const pane = document.getElementById("pane");
const image = document.getElementById("image");
const note = document.getElementById("image-note");
const compared = document.getElementById("compared");
const most = 16;
const fingers = new Map();
let zoom = 1, x = 0, y = 0, grip = null, spread = 0, own = { address: null, alt: "" };

function draw() {
  const wide = stage.clientWidth * (zoom - 1) / 2, high = stage.clientHeight * (zoom - 1) / 2;
  x = Math.max(-wide, Math.min(wide, x));
  y = Math.max(-high, Math.min(high, y));
  pane.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
  image.classList.toggle("crisp", zoom * stage.clientWidth > 2 * (image.naturalWidth || 1));
}

export function zoomBy(factor) {
  zoom = Math.max(1, Math.min(most, zoom * factor));
  draw();
}

export function whole() {
  zoom = 1; x = 0; y = 0;
  draw();
}

export function moveBy(right, down) {
  x += right; y += down;
  draw();
}

// Shows another image where the case's image was, at the same zoom and place; null shows the case's again.
export function compare(other, text) {
  const { address, alt } = other ? { address: other, alt: text } : own;
  if (address) image.src = address;
  image.alt = alt;
  compared.hidden = !other;
  compared.textContent = other ? text : "";
}

// Shows an address; undefined while it is loading, null where there is no image.
export function show(address, text) {
  whole();
  own = { address, alt: text };
  compared.hidden = true;
  image.hidden = !address;
  note.hidden = !!address;
  note.textContent = address === null ? "The image can no longer be read. Put the case back, or call it unusable." : "Loading…";
  image.alt = text;
  if (address) image.src = address;
  else image.removeAttribute("src");
}

image.addEventListener("load", draw);
stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2);
}, { passive: false });
// One finger moves the image, two spread it.
const between = () => {
  const [one, other] = [...fingers.values()];
  return Math.hypot(one.x - other.x, one.y - other.y);
};
stage.addEventListener("pointerdown", (event) => {
  if (event.target.closest("button")) return;
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  grip = { x: event.clientX - x, y: event.clientY - y };
  if (fingers.size === 2) spread = between();
  stage.setPointerCapture(event.pointerId);
});
stage.addEventListener("pointermove", (event) => {
  if (!fingers.has(event.pointerId)) return;
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (fingers.size === 2) {
    const now = between();
    if (spread > 0) zoomBy(now / spread);
    spread = now;
    return;
  }
  if (fingers.size > 2 || !grip) return;
  x = event.clientX - grip.x;
  y = event.clientY - grip.y;
  draw();
});
for (const end of ["pointerup", "pointercancel"])
  stage.addEventListener(end, (event) => {
    fingers.delete(event.pointerId);
    grip = null;
  });
