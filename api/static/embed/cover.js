// Cover: whether something of the page lies over a notice, so that the reader cannot get at it.
// A bar at the top or bottom of the window (a consent banner, a chat bubble) is none as long as the
// notice can be scrolled out from under it; nor is anything while a dialog is open.

const GRID = 5; // points in each direction that are tried
const DOCKED = 40; // CSS pixels from the edge of the window
const STRIP = 100; // CSS pixels beside a bar that are enough to read in
const OPAQUE = 0.3;
const DIALOGS = "dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]";
const REPLACED = /^(IMG|IFRAME|VIDEO|CANVAS|OBJECT|EMBED|svg)$/;

function isDialogOpen() {
  return [...document.querySelectorAll(DIALOGS)].some(
    (node) => isRendered(node) && areaOf(node.getBoundingClientRect()) > 0,
  );
}

// What covers at least half of a node: a set of elements, empty where nothing does; null where too
// little of the node is in the window to tell.
function coversOf(node, host) {
  const box = node.getBoundingClientRect();
  const points = [];
  for (let i = 0; i < GRID * GRID; i++) {
    const x = box.left + (box.width * ((i % GRID) + 0.5)) / GRID;
    const y = box.top + (box.height * (Math.floor(i / GRID) + 0.5)) / GRID;
    if (x >= 0 && y >= 0 && x < innerWidth && y < innerHeight) points.push([x, y]);
  }
  if (points.length < GRID) return null;
  const found = touchable(() => points.map(([x, y]) => coverAt(x, y, host, box)).filter(Boolean));
  return new Set(found.length * 2 >= points.length ? found : []);
}

function coverAt(x, y, host, box) {
  let top = host;
  while (top.getRootNode().host) top = top.getRootNode().host;
  for (const node of document.elementsFromPoint(x, y)) {
    if (node.contains(top) || top.contains(node)) return null;
    if (isPainted(node) && !isPassing(node, host, box)) return node;
  }
  return null;
}

// Lets ``elementsFromPoint`` see what lets clicks through.
function touchable(act) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { pointer-events: auto !important }");
  const before = document.adoptedStyleSheets;
  document.adoptedStyleSheets = [...before, sheet];
  try {
    return act();
  } finally {
    document.adoptedStyleSheets = before;
  }
}

function isPainted(node) {
  let opacity = 1;
  for (let at = node; at; at = parentOf(at)) opacity *= Number(getComputedStyle(at).opacity);
  const { backgroundColor, backgroundImage, backdropFilter } = getComputedStyle(node);
  const isFilled = channels(backgroundColor)[3] > OPAQUE || backgroundImage !== "none";
  const isBlurred = (backdropFilter ?? "none") !== "none";
  return opacity > OPAQUE && (isFilled || isBlurred || REPLACED.test(node.tagName));
}

// Whether a cover stands at an edge of the window, and the reader can scroll the notice past it.
function isPassing(node, host, notice) {
  let bar = node;
  while (bar && !/fixed|sticky/.test(getComputedStyle(bar).position)) bar = parentOf(bar);
  if (!bar) return false;
  const box = bar.getBoundingClientRect();
  if (box.top > DOCKED && box.bottom < innerHeight - DOCKED) return false;
  const middle = (notice.top + notice.bottom) / 2;
  const { down, up } = leeway(host);
  const strip = Math.min(STRIP, innerHeight / 3);
  const above = box.top >= strip && middle - box.top <= up;
  return above || (innerHeight - box.bottom >= strip && box.bottom - middle <= down);
}

// How far the page can still be scrolled, in CSS pixels: its content down, and up.
function leeway(host) {
  let at = parentOf(host);
  while (at && !(canScroll(at) && at !== document.body)) at = parentOf(at);
  const scroller = at ?? document.scrollingElement;
  const down = scroller.scrollTop;
  return { down, up: scroller.scrollHeight - scroller.clientHeight - down };
}

function canScroll(node) {
  return node.scrollHeight > node.clientHeight && /auto|scroll/.test(getComputedStyle(node).overflowY);
}
