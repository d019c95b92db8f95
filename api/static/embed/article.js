// An article, as schemas/renditions/templates/whole.html has it; the tests compare both. Returns the
// node, its notices, and the nodes that are text of the article and can be taken away.

function articleOf(edition, top, status) {
  const { locale } = edition.context;
  const { words, ui } = speech(locale);
  const prefix = `cv-${edition.article.slug}-`;
  const made = { notices: [], texts: [] };
  const text = (node) => {
    made.texts.push(node);
    return node;
  };
  const facts = { edition, words, ui, prefix, top, text, ...speaker(edition, words, prefix) };
  const layers = arrange(edition);
  const dir = direction(locale);
  const h2 = `h${top + 1}`;
  made.place = h("span", { class: "cv-place" });
  made.node = h(
    "article",
    { class: "cv", part: "article", lang: locale, dir },
    text(h(`h${top}`, { class: "cv-title", part: "title" }, edition.title)),
    level(made, "alerts", layers.alerts, h2),
    h("p", { class: "cv-skip", ...ui }, h("a", { href: `#${prefix}article` }, words.skip)),
    text(h("p", { class: "cv-summary", part: "summary" }, edition.summary)),
    h(
      "p",
      { class: "cv-facts", ...ui },
      h("span", {}, day(edition.revision.published_at)),
      made.place,
      h("span", { class: "cv-status", part: "status" }, words[status]),
    ),
    level(made, "leads", layers.leads, h2),
    h(
      "div",
      { class: "cv-sections", id: `${prefix}article`, tabindex: "-1" },
      edition.sections.map((section) => sectionOf(made, section, layers.inline, facts)),
    ),
    level(made, "foot", layers.foot, h2),
    edition.claims?.length ? text(claimsOf(facts)) : null,
    edition.sources?.length ? text(sourcesOf(facts)) : null,
    text(aboutOf(facts, dir)),
  );
  const name = h("span", { lang: locale, dir }, edition.context.jurisdiction.name);
  made.place.append(`${words.made_for_place} `, name);
  return made;
}

function sectionOf(made, section, inline, { words, ui, prefix, top, text, say }) {
  return h(
    "section",
    { id: prefix + section.kind, part: "section" },
    text(h(`h${top + 1}`, { class: "cv-heading" }, section.title)),
    level(made, "inline", inline[section.kind], `h${top + 2}`),
    section.blocks.map((block) => text(blockOf(block, say, words, ui, top))),
  );
}

function claimsOf({ edition, words, ui, prefix, top, cite }) {
  const { evidence } = words;
  const entry = ({ id, evidence_level: level, statement, sources }) =>
    h(
      "li",
      { id: `${prefix}claim-${id}` },
      h("span", { class: "cv-badge", title: evidence[level] ?? "" }, level),
      " ",
      h("span", {}, statement, " ", sources.map(cite)),
    );
  const scale = ([level, meaning]) =>
    h("div", {}, h("dt", { class: "cv-badge" }, level), h("dd", {}, meaning));
  return h(
    "section",
    { class: "cv-back" },
    h(`h${top + 1}`, { class: "cv-heading", ...ui }, words.claims),
    h("ul", { class: "cv-claims" }, edition.claims.map(entry)),
    h("p", { class: "cv-small", ...ui }, words.evidence_scale),
    h("dl", { class: "cv-scale", ...ui }, Object.entries(evidence).map(scale)),
  );
}

function sourcesOf({ edition, words, ui, prefix, top }) {
  const entry = (source) =>
    h(
      "li",
      { id: `${prefix}source-${source.id}` },
      `${source.authors}. `,
      h("cite", {}, source.title),
      `.${source.container ? ` ${source.container}.` : ""}${source.year ? ` ${source.year}.` : ""}`,
      source.doi ? [" ", link(doiAddress(source.doi), {}, `doi:${source.doi}`)] : null,
      safe(source.url) ? [" ", link(source.url, {}, source.url)] : null,
    );
  return h(
    "section",
    { class: "cv-back" },
    h(`h${top + 1}`, { class: "cv-heading", ...ui }, words.sources),
    h("ol", { class: "cv-sources" }, edition.sources.map(entry)),
  );
}

function aboutOf({ edition, words, ui, top }) {
  const { context, integrity, links, review, revision, rights } = edition;
  const { provenance } = review;
  const { audience, channel, jurisdiction, locale } = context;
  const named = (code) => words.names[code] ?? code;
  const who = `${words.audience} ${named(audience)}, ${words.channel} ${named(channel)}`;
  const row = (name, ...said) => h("div", {}, h("dt", ui, name), h("dd", {}, ...said));
  const own = (name, attributes, ...said) =>
    h("div", {}, h("dt", ui, name), h("dd", attributes, ...said));
  const code = { class: "cv-code" };
  return h(
    "footer",
    { class: "cv-back" },
    h(`h${top + 1}`, { class: "cv-heading", ...ui }, words.about),
    h(
      "dl",
      { class: "cv-about" },
      row(words.written_by, provenance.author),
      row(words.tools, provenance.ai_statement),
      review.status === "reviewed"
        ? row(words.reviewed, `${provenance.reviewer_name}, ${provenance.reviewer_credential}, `,
              h("time", { datetime: review.reviewed_on }, review.reviewed_on))
        : own(words.reviewed, ui, words.not_reviewed),
      row(words.searched, h("time", {}, review.searched_on)),
      row(words.next_review, h("time", {}, review.next_review_due)),
      row(words.revision, revision.number + (revision.change_note ? `: ${revision.change_note}` : "")),
      revision.supersedes ? row(words.replaces, String(revision.supersedes)) : null,
      row(words.published, day(revision.published_at)),
      row(words.made_for, `${jurisdiction.name} `,
          h("span", ui, `(${jurisdiction.code}), ${words.language} ${locale}, ${who}`)),
      row(words.sequence, String(edition.sequence)),
      own(words.digest, code, integrity.digest),
      own(words.key, code, integrity.kid),
      row(words.licence, rights.licence),
      row(words.credit, rights.attribution),
      row(words.original, link(links.canonical, {}, links.canonical)),
      safe(links.self)
        ? own(words.as_data, ui, link(links.self, { type: "application/json" }, words.this_in_json))
        : null,
    ),
    rights.terms.length
      ? h("details", { class: "cv-terms" }, h("summary", ui, words.terms),
          h("ul", {}, rights.terms.map((term) => h("li", {}, term))))
      : null,
  );
}

function day(moment) {
  return h("time", { datetime: moment }, moment.slice(0, 10));
}
