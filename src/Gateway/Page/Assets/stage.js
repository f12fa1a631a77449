// The image: zoom by wheel or keys, move by dragging or arrows.
const stage = document.getElementById("stage");
const image = document.getElementById("image");
const note = document.getElementById("image-note");
const most = 16;
let zoom = 1, x = 0, y = 0, grip = null;

function draw() {
  const wide = stage.clientWidth * (zoom - 1) / 2, high = stage.clientHeight * (zoom - 1) / 2;
  x = Math.max(-wide, Math.min(wide, x));
  y = Math.max(-high, Math.min(high, y));
  image.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
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

// Shows an address; undefined while it is loading, null where there is no image.
export function show(address, text) {
  whole();
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
stage.addEventListener("pointerdown", (event) => {
  grip = { x: event.clientX - x, y: event.clientY - y };
  stage.setPointerCapture(event.pointerId);
});
stage.addEventListener("pointermove", (event) => {
  if (!grip) return;
  x = event.clientX - grip.x;
  y = event.clientY - grip.y;
  draw();
});
stage.addEventListener("pointerup", () => { grip = null; });
