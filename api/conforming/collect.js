// Collects what is written in a document, in the order of its flattened tree: through shadow roots
// and slots, frames of ours as places. Runs after api/static/embed/sight.js, in one go: everything
// is measured as it stands, then what folds is opened in place and measured again.

const LEAST_LETTER = 9; // CSS pixels
const LEAST_CONTRAST = 2; // of 1 to 21 (WCAG 2.2, 1.4.3 asks for 4.5)
const LEAST_SPACING = -0.2; // of the height of a letter, by which letters may be drawn together
const LEAST_SHOWN = 0.9; // of the words of an element that are not cut off
const FILTERS = /opacity|blur|brightness|contrast|url/; // that can make words unreadable
const MOST_RUNS = 200_000;
const WORDLESS = /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|TEXTAREA|SELECT|OPTION|DATALIST|IFRAME|OBJECT|VIDEO|AUDIO|CANVAS|HEAD|TITLE)$/;
const FRAME = "data-conformance-frame"; // the attribute by which Python has named our frames

function collect() {
  const found = { texts: [], links: [], details: [], panels: [] };
  document.adoptedStyleSheets.push(solid()); // else what takes no clicks is looked through
  walk(document.body ?? document.documentElement, found, { isNew: true });
  const before = measured(found);
  for (const one of found.details) {
    one.removeAttribute("name"); // of several with one name, only one may be open
    one.open = true;
  }
  for (const one of found.panels) {
    one.hidden = false;
    one.style.setProperty("display", "block", "important");
  }
  looked = new Map();
  const after = measured(found);
  return {
    runs: found.texts.map((one, i) => ({
      ...one.said,
      at: pathOf(one.node),
      folded: Boolean(before[i].why) && !after[i].why,
      hidden: before[i].why ? after[i].why : null,
      top: before[i].why ? null : before[i].top,
    })),
    links: found.links.map((one) => ({
      href: one.href,
      text: one.textContent.replace(/\s+/g, " ").trim().slice(0, 200),
      at: pathOf(one),
      hidden: whyUnseen(one),
    })),
  };
}

function solid() {
  const sheet = new CSSStyleSheet(); // which no policy of the page keeps out
  sheet.replaceSync("* { pointer-events: auto !important }");
  return sheet;
}

function walk(node, found, line) {
  if (found.texts.length >= MOST_RUNS) return;
  if (node.nodeType === Node.TEXT_NODE) return takeText(node, found, line);
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  if (node.hasAttribute(FRAME)) {
    found.texts.push({ node, said: { frame: node.getAttribute(FRAME) } });
  }
  if (WORDLESS.test(node.tagName)) return;
  const isBlock = !/^(inline|contents)$/.test(getComputedStyle(node).display) || node.tagName === "BR";
  line.isNew ||= isBlock;
  if (node.tagName === "DETAILS" && !node.open) found.details.push(node);
  if (node.tagName === "A" && node.href) found.links.push(node);
  if (isPanel(node)) found.panels.push(node);
  for (const child of childrenOf(node)) walk(child, found, line);
  line.isNew ||= isBlock;
}

function takeText(node, found, line) {
  if (!node.data.trim()) {
    line.isNew = true;
    return;
  }
  found.texts.push({ node: node.parentElement ?? node.getRootNode().host, text: node,
    said: { text: (line.isNew ? "\n" : "") + node.data } });
  line.isNew = false;
}

function childrenOf(node) {
  if (node.shadowRoot) return node.shadowRoot.childNodes;
  const assigned = node.tagName === "SLOT" ? node.assignedNodes() : [];
  return assigned.length ? assigned : node.childNodes;
}

// What a button says that it opens in place.
function isPanel(node) {
  if (!node.id || getComputedStyle(node).display !== "none") return false;
  const name = CSS.escape(node.id);
  return Boolean(node.getRootNode().querySelector(`[aria-expanded][aria-controls~="${name}"]`));
}

function measured(found) {
  const known = new Map();
  return found.texts.map(({ node, text }) => {
    if (!known.has(node)) known.set(node, whyUnseen(node));
    const range = document.createRange();
    range.selectNode(text ?? node);
    const box = range.getBoundingClientRect();
    return { why: known.get(node), top: Math.round(box.top + scrollY) };
  });
}

function whyUnseen(node) {
  if (!isRendered(node)) return whyUnrendered(node);
  const { fontSize } = getComputedStyle(node);
  if (node.tagName !== "IFRAME" && parseFloat(fontSize) < LEAST_LETTER) return `its letters are ${fontSize} high`;
  const { left, right } = boxOf(node);
  const least = node.tagName === "IFRAME" ? 0.5 : LEAST_SHOWN;
  if (shareSeen(node) < least || left >= innerWidth || right <= 0) return whyClipped(node);
  if (node.tagName !== "IFRAME" && shareShown(node) < LEAST_SHOWN) return "a part of it is cut off";
  const changed = whyChanged(node);
  if (changed) return changed;
  if (isCovered(node)) return "something else covers it";
  if (boxOf(node).height < LEAST_SIZE && node.textContent.trim()) return "its lines have no height";
  return isFaintOnPage(node) ? "its colour is that of what is behind it" : null;
}

function whyUnrendered(node) {
  for (let at = node; at; at = parentOf(at)) {
    const style = getComputedStyle(at);
    if (style.display === "none") return `display: none at ${pathOf(at)}`;
    if (at.tagName === "DETAILS" && !at.open) return `in a closed <details> at ${pathOf(at)}`;
    if (style.contentVisibility === "hidden") return `content-visibility: hidden at ${pathOf(at)}`;
  }
  return "visibility: hidden";
}

function whyClipped(node) {
  for (let at = node; at; at = parentOf(at)) {
    if (Number(getComputedStyle(at).opacity) < 0.5) return `opacity at ${pathOf(at)}`;
  }
  return "cut off, or moved out of the page";
}

// The share of the words of a node that it does not cut off itself.
function shareShown(node) {
  const whole = boxOf(node);
  const style = lookAt(node);
  if (style.display.startsWith("inline") || !areaOf(whole)) return 1;
  const { box, share } = clipped({ box: whole, whole, share: 1 }, node, style);
  return share < 1 ? share : areaOf(meet(box, whole)) / areaOf(whole);
}

// What a stylesheet does to words that are at their place, and is not measured otherwise.
function whyChanged(node) {
  const { letterSpacing, fontSize, webkitTextSecurity } = getComputedStyle(node);
  if (parseFloat(letterSpacing) < LEAST_SPACING * parseFloat(fontSize)) return "its letters are drawn together";
  if ((webkitTextSecurity ?? "none") !== "none") return "its letters are masked";
  for (let at = node; at; at = parentOf(at)) {
    const style = getComputedStyle(at);
    const where = `at ${pathOf(at)}`;
    if (FILTERS.test(style.filter)) return `filter ${where}`;
    if ((style.maskImage ?? "none") !== "none") return `a mask ${where}`;
    if (!/^(none|inset)/.test(style.clipPath)) return `clip-path ${where}`;
    if (style.mixBlendMode !== "normal") return `mix-blend-mode ${where}`;
    const turned = new DOMMatrixReadOnly(style.transform === "none" ? "" : style.transform).m33 < 0;
    if (turned && style.backfaceVisibility === "hidden") return `its back is shown ${where}`;
    if (at.getAttribute("aria-hidden") === "true" || at.inert) return `kept from who listens to the page ${where}`;
  }
  return null;
}

// Whether something else lies upon the middle of its first line. What is fixed to the window does
// not count: a reader closes it, or scrolls past it.
function isCovered(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const [first] = [...range.getClientRects()].filter(areaOf);
  if (!first || node.tagName === "IFRAME") return false;
  const before = scrollY;
  scrollTo({ top: first.top + scrollY - innerHeight / 2, behavior: "instant" });
  const [line] = [...range.getClientRects()].filter(areaOf);
  const upper = topmost((line.left + line.right) / 2, (line.top + line.bottom) / 2);
  scrollTo({ top: before, behavior: "instant" }); // what is known of places is of this one
  if (!upper || isAbove(upper, node) || isAbove(node, upper)) return false;
  for (let at = upper; at; at = parentOf(at)) {
    if (at.tagName === "DIALOG" || /^(fixed|sticky)$/.test(getComputedStyle(at).position)) return false;
  }
  return true;
}

function topmost(x, y) {
  let found = document.elementFromPoint(x, y);
  while (found?.shadowRoot) {
    const inner = found.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === found) break;
    found = inner;
  }
  return found;
}

function isAbove(upper, node) {
  for (let at = node; at; at = parentOf(at)) if (at === upper) return true;
  return false;
}

function isFaintOnPage(node) {
  const style = getComputedStyle(node);
  const ink = shownAs(style.webkitTextFillColor ?? style.color);
  for (let at = node; at; at = parentOf(at)) {
    const { backgroundColor, backgroundImage } = getComputedStyle(at);
    if (backgroundImage !== "none") return ink[3] < 0.5; // nobody knows what it shows
    const paper = shownAs(backgroundColor);
    if (paper[3] >= 0.5) return isSame(ink, paper);
  }
  const isDark = getComputedStyle(document.documentElement).colorScheme.trim() === "dark";
  return isSame(ink, isDark ? [0, 0, 0, 1] : [1, 1, 1, 1]);
}

function isSame(ink, paper) {
  const [lighter, darker] = [lightOf(ink), lightOf(paper)].sort((a, b) => b - a);
  return ink[3] < 0.5 || (lighter + 0.05) / (darker + 0.05) < LEAST_CONTRAST;
}

// The relative luminance of a colour (WCAG 2.2).
function lightOf(colour) {
  const [red, green, blue] = colour.map((n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// Any colour of CSS as the screen shows it: red, green, blue and opacity, 0 to 1.
const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const shown = new Map();
function shownAs(colour) {
  if (!shown.has(colour)) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    shown.set(colour, [...pen.getImageData(0, 0, 1, 1).data].map((n) => n / 255));
  }
  return shown.get(colour);
}

// Where a node is, by the last three elements that say something.
function pathOf(node) {
  const names = [];
  for (let at = node; at && names.length < 3; at = parentOf(at)) {
    if (at === document.body || at === document.documentElement) break;
    if (at.tagName === "SLOT") continue;
    const [kind] = at.classList;
    names.unshift(at.tagName.toLowerCase() + (at.id ? `#${at.id}` : kind ? `.${kind}` : ""));
  }
  return names.join(" > ");
}
