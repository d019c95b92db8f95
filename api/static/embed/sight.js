// Sight: how much of a node the reader can bring into view, however the page scrolls or is zoomed.
// Ancestors that hide, clip or fade count; the window, and what can be scrolled, do not.

const LEAST_SIZE = 8; // CSS pixels of height of a line that can still be read
const LEAST_SCROLLER = 24; // CSS pixels of a box in which scrolling still is of use
const READ = [
  ...["position", "display", "overflowX", "overflowY", "transform", "filter", "clipPath"],
  ...["maskImage", "backgroundColor", "direction"],
];

// What is known of a node during one look: reading a computed style is what costs.
let looked = new Map();

function lookAt(node) {
  if (!looked.has(node)) {
    const style = getComputedStyle(node);
    const known = { frame: node.getBoundingClientRect(), opacity: Number(style.opacity) };
    for (const name of READ) known[name] = style[name] ?? "none";
    looked.set(node, known);
  }
  return looked.get(node);
}

// The parent on the page: out of a shadow tree, and through a slot.
function parentOf(node) {
  return node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
}

function meet(a, b) {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

function areaOf(box) {
  return Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);
}

// The box of the words inside a node; text that was moved out of its node is where it is.
function boxOf(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  return areaOf(box) ? box : node.getBoundingClientRect();
}

function isRendered(node) {
  const options = { visibilityProperty: true, checkVisibilityCSS: true }; // its new and its old name
  if (node.checkVisibility) return node.checkVisibility(options);
  return node.getClientRects().length > 0 && getComputedStyle(node).visibility === "visible";
}

// The share (0 to 1) of a node that can be seen; 0 where it is faded.
function shareSeen(node) {
  if (!isRendered(node)) return 0;
  const whole = boxOf(node);
  let { position, opacity } = lookAt(node);
  let state = { box: whole, whole, share: 1 };
  for (let at = parentOf(node); at; at = parentOf(at)) {
    const style = lookAt(at);
    opacity *= style.opacity;
    if (at === document.body || at === document.documentElement) continue;
    if (!holds(style, position)) continue;
    position = style.position;
    state = clipped(state, at, style);
  }
  const { scrollX, scrollY } = window;
  const isLeftOpen = lookAt(document.documentElement).direction === "rtl";
  const left = isLeftOpen ? -Infinity : -scrollX;
  const page = { left, top: -scrollY, right: Infinity, bottom: Infinity };
  if (opacity < 0.5 || !areaOf(whole)) return 0;
  return Math.min(state.share, areaOf(meet(state.box, page)) / areaOf(state.whole));
}

// Whether an ancestor clips what is positioned like this.
function holds(style, position) {
  const isAnchor = style.transform !== "none" || style.filter !== "none";
  if (position === "fixed") return isAnchor;
  return position !== "absolute" || isAnchor || style.position !== "static";
}

function clipped({ box, whole, share }, at, style) {
  if (style.display === "contents") return { box, whole, share };
  const { frame, overflowX: x, overflowY: y } = style;
  const shaped = meet(box, shapeOf(style, frame));
  if (x === "visible" && y === "visible") return { box: shaped, whole, share };
  const axis = (value, start, end, size, from, length) => {
    if (value === "visible") return [-Infinity, Infinity];
    const scrolls = (value === "auto" || value === "scroll") && size >= LEAST_SCROLLER;
    return scrolls ? [start - from, start - from + length] : [start, end];
  };
  const [left, right] = axis(x, frame.left, frame.right, at.clientWidth, at.scrollLeft, at.scrollWidth);
  const [top, bottom] = axis(y, frame.top, frame.bottom, at.clientHeight, at.scrollTop, at.scrollHeight);
  const kept = meet(shaped, { left, top, right, bottom });
  if (![x, y].some((value) => value === "auto" || value === "scroll")) {
    return { box: kept, whole, share };
  }
  // What lies in a box that scrolls can be seen as far as the box itself can.
  const inside = areaOf(whole) ? areaOf(kept) / areaOf(whole) : 0;
  return { box: frame, whole: frame, share: Math.min(share, inside) };
}

// The box that ``clip-path: inset(…)`` leaves; other shapes are not measured.
function shapeOf(style, frame) {
  const found = /^inset\(([^)]*)\)$/.exec(style.clipPath);
  if (!found) return { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
  const sizes = found[1].split(" round ")[0].split(" ");
  const side = (i, whole) => {
    const text = sizes[i] ?? sizes[i - 2] ?? sizes[0];
    return text.endsWith("%") ? (parseFloat(text) / 100) * whole : parseFloat(text) || 0;
  };
  return {
    left: frame.left + side(3, frame.width),
    top: frame.top + side(0, frame.height),
    right: frame.right - side(1, frame.width),
    bottom: frame.bottom - side(2, frame.height),
  };
}

// Whether nothing of ours was restyled so that a line cannot be read: shape, size, colour.
function isLegible(node, host) {
  for (let at = node; at && at !== host; at = parentOf(at)) {
    const { clipPath, filter, maskImage, transform } = lookAt(at);
    if ([clipPath, filter, maskImage, transform].some((value) => value !== "none")) return false;
  }
  const box = boxOf(node);
  const frame = host.getBoundingClientRect();
  const isInside = areaOf(meet(box, frame)) >= areaOf(box) / 2;
  return isInside && box.height >= LEAST_SIZE && !isFaint(node, host);
}

function isFaint(node, host) {
  if (matchMedia("(forced-colors: active)").matches) return false;
  const style = getComputedStyle(node);
  const ink = channels(style.webkitTextFillColor ?? style.color);
  let paper = [1, 1, 1, 0];
  for (let at = node; at && at !== host && paper[3] < 0.5; at = parentOf(at)) {
    paper = channels(lookAt(at).backgroundColor);
  }
  const apart = [0, 1, 2].reduce((sum, i) => sum + Math.abs(ink[i] - paper[i]), 0);
  return ink[3] < 0.5 || (paper[3] >= 0.5 && apart < 0.15);
}

// Red, green, blue and opacity, 0 to 1, of a computed colour: rgb(…), rgba(…) or color(srgb …).
function channels(colour) {
  const numbers = colour.match(/-?[\d.]+(e-?\d+)?/g)?.map(Number) ?? [0, 0, 0];
  const scale = colour.startsWith("rgb") ? 255 : 1;
  return [...numbers.slice(0, 3).map((n) => n / scale), numbers[3] ?? 1];
}
