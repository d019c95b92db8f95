// The guard: while the text can be read, its notices can be seen; else the text goes. It comes back
// by itself when they can be seen again. Nothing is reported to anybody.

const TICK = 300; // ms; two looks in a row decide, so that a page may fade in
const LOOK_UNDER = 2_000; // ms between looks for what covers an alert
const COVERED = 10_000; // ms for which an alert may be covered
const SHORTEST = 5; // a translation may make a notice shorter, but not by this factor

// Watches an article until the returned function is called; ``tell`` hears whether the text is gone.
// What was seen so far stays with the article, also when the element is moved about.
function guard(host, made, tell) {
  const { node, notices, texts, message } = made;
  const state = (made.state ??= begin(notices, texts));
  const { gaps, order } = state;

  const isInPlace = () => {
    const now = order.map((one) => gaps.get(one) ?? one);
    const follows = (one, i) =>
      !i || now[i - 1].compareDocumentPosition(one) === Node.DOCUMENT_POSITION_FOLLOWING;
    return node.isConnected && now.every((one, i) => node.contains(one) && follows(one, i));
  };
  const isThere = (item, one) => item.contains(one) && one.textContent.trim();
  const isRead = (one) => shareSeen(one) >= 0.5 && isLegible(one, host);
  const isSeen = ({ item, seen, length }) =>
    item.textContent.length * SHORTEST >= length &&
    seen.every((one) => isThere(item, one)) &&
    [...seen, ...item.querySelectorAll("[open] > .cv-full")].every(isRead);
  const isTextSeen = () => texts.some((one) => shareSeen(gaps.get(one) ?? one) > 0);
  const isLost = () => !isInPlace() || (!notices.every(isSeen) && isTextSeen());

  const isCovered = () => {
    const now = performance.now();
    if (now - state.looked >= LOOK_UNDER) {
      state.looked = now;
      state.covers = isDialogOpen() ? new Set() : covers(notices, host, state.covers);
      state.since = state.covers.size ? (state.since ?? now) : null;
    }
    return state.since !== null && now - state.since >= COVERED;
  };

  const timer = setInterval(() => {
    if (document.hidden || matchMedia("print").matches) return;
    looked = new Map();
    state.lost = Math.max(0, Math.min(2, state.lost + (isLost() ? 1 : -1)));
    const gone = isCovered() || (state.gone ? state.lost > 0 : state.lost === 2);
    if (gone === state.gone) return;
    state.gone = gone;
    if (gone) takeAway(node, texts, gaps, message);
    else putBack(gaps, message);
    tell(gone);
  }, TICK);
  return () => clearInterval(timer);
}

function begin(notices, texts) {
  const order = [...notices.map(({ item }) => item), ...texts];
  order.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  const seen = { lost: 0, since: null, covers: new Set(), looked: -Infinity, gone: false };
  return { ...seen, order, gaps: new Map() };
}

// What covers the alerts; one that was scrolled out of the window stays covered by what is left.
function covers(notices, host, before) {
  const found = new Set();
  for (const { item } of notices.filter(({ alert }) => alert)) {
    const now = coversOf(item, host) ?? [...before].filter((one) => isRendered(one));
    now.forEach((one) => found.add(one));
  }
  return found;
}

// The text leaves gaps of its size, so that the notices stay where they are.
function takeAway(node, texts, gaps, message) {
  for (const text of texts) {
    const gap = h("div", {});
    gap.style.height = `${text.offsetHeight}px`;
    gaps.set(text, gap);
  }
  for (const [text, gap] of gaps) text.replaceWith(gap);
  node.querySelector(".cv-sections")?.prepend(message);
}

function putBack(gaps, message) {
  message.remove();
  for (const [text, gap] of gaps) gap.replaceWith(text);
  gaps.clear();
}
