// The blocks of a section, and spans with their marks, as blocks.html and inline.py have them.

function blockOf(block, say, words, ui, top) {
  const make = BLOCKS[block.type] ?? ((one) => h("p", {}, one.text));
  return make(block, say, words, ui, top);
}

const BLOCKS = {
  paragraph: (block, say) => h("p", {}, say(block.spans)),
  heading: (block, say, words, ui, top) =>
    h(`h${Math.min(top + (block.level === 4 ? 3 : 2), 6)}`, {}, say(block.spans)),
  list: (block, say) =>
    h(block.ordered ? "ol" : "ul", {}, block.items.map((item) => h("li", {}, say(item.spans)))),
  quote: (block, say) => h("blockquote", {}, h("p", {}, say(block.spans))),
  callout: (block, say, words, ui) =>
    h(
      "div",
      { class: "cv-callout", "data-tone": block.tone },
      h("p", { class: "cv-tone", ...ui }, block.tone === "caution" ? words.caution : words.note),
      h("p", {}, say(block.spans)),
    ),
  table: (block, say, words) => {
    const cells = (tag, row, more) => h("tr", {}, row.map((one) => h(tag, more, say(one.spans))));
    const label = block.caption || words.table;
    return h(
      "div",
      { class: "cv-scroll", role: "group", tabindex: "0", "aria-label": label },
      h(
        "table",
        {},
        block.caption ? h("caption", {}, block.caption) : null,
        h("thead", {}, cells("th", block.columns, { scope: "col" })),
        h("tbody", {}, block.rows.map((row) => cells("td", row, {}))),
      ),
    );
  },
  figure: (block) => {
    const { alt, width, height } = block;
    const quiet = { decoding: "async", referrerpolicy: "no-referrer" };
    const image = safe(block.src)
      ? h("img", { ...quiet, src: block.src, alt, width, height })
      : h("p", {}, alt);
    return h("figure", {}, image, h("figcaption", {}, `${block.credit} · ${block.licence}`));
  },
};

// Returns what renders spans, and what renders a reference to a source, of one edition.
function speaker(edition, words, prefix) {
  const numbers = new Map((edition.sources ?? []).map((source, i) => [source.id, i + 1]));
  const levels = new Map((edition.claims ?? []).map((claim) => [claim.id, claim.evidence_level]));

  const cite = (id) => {
    const n = numbers.get(id);
    if (!n) return h("sup", { class: "cv-cite" }, `[${id}]`);
    const attributes = { href: `#${prefix}source-${id}`, "aria-label": `${words.source} ${n}` };
    return h("sup", { class: "cv-cite" }, h("a", attributes, `[${n}]`));
  };

  const span = (one) => {
    let found = one.text;
    for (const mark of [...one.marks].reverse()) {
      if (mark.type === "source") return cite(mark.id);
      if (mark.type === "link") found = link(mark.href, {}, found);
      if (mark.type === "strong") found = h("strong", {}, found);
      if (mark.type === "emphasis") found = h("em", {}, found);
    }
    return found;
  };

  const run = ({ claim, spans }) => {
    const inner = spans.map(span);
    if (claim === null) return inner;
    const marked = h("span", { class: "cv-claim", "data-claim": claim }, inner);
    const level = levels.get(claim);
    if (!level) return marked;
    const label = `${words.evidence_level} ${level}: ${words.evidence[level] ?? words.evidence_unknown}`;
    const attributes = { href: `#${prefix}claim-${claim}`, "aria-label": label };
    return [marked, h("sup", { class: "cv-level" }, h("a", attributes, level))];
  };

  return { say: (spans) => runs(spans).map(run), cite };
}

// Runs of spans that state one claim; a space between two passages of the same claim belongs to it.
function runs(spans) {
  const claims = spans.map((span) => span.marks.find((mark) => mark.type === "claim")?.id ?? null);
  for (let i = 1; i < spans.length - 1; i++) {
    const isSpace = !spans[i].marks.length && /^\s+$/.test(spans[i].text);
    if (isSpace && claims[i - 1] === claims[i + 1]) claims[i] = claims[i - 1];
  }
  const found = [];
  spans.forEach((span, i) => {
    if (!i || claims[i] !== claims[i - 1]) found.push({ claim: claims[i], spans: [] });
    found.at(-1).spans.push(span);
  });
  return found;
}
