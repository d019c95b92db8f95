// Collects what is written in a document, in the order of its flattened tree: through shadow roots
// and slots, frames of ours as places. Runs after api/static/embed/sight.js, in one go: everything
// is measured as it stands, then what folds is opened in place and measured again.

const LEAST_LETTER = 9; // CSS pixels
const MOST_RUNS = 200_000;
const WORDLESS = /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|TEXTAREA|SELECT|OPTION|DATALIST|IFRAME|OBJECT|VIDEO|AUDIO|CANVAS|HEAD|TITLE)$/;
const FRAME = "data-conformance-frame"; // the attribute by which Python has named our frames

function collect() {
  const found = { texts: [], links: [], details: [], panels: [] };
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
  if (shareSeen(node) < 0.5) return whyClipped(node);
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

function isFaintOnPage(node) {
  const style = getComputedStyle(node);
  const ink = channels(style.webkitTextFillColor ?? style.color);
  for (let at = node; at; at = parentOf(at)) {
    const { backgroundColor, backgroundImage } = getComputedStyle(at);
    if (backgroundImage !== "none") return ink[3] < 0.5; // nobody knows what it shows
    const paper = channels(backgroundColor);
    if (paper[3] >= 0.5) return isSame(ink, paper);
  }
  const isDark = getComputedStyle(document.documentElement).colorScheme.trim() === "dark";
  return isSame(ink, isDark ? [0, 0, 0, 1] : [1, 1, 1, 1]);
}

function isSame(ink, paper) {
  return ink[3] < 0.5 || [0, 1, 2].reduce((sum, i) => sum + Math.abs(ink[i] - paper[i]), 0) < 0.15;
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
