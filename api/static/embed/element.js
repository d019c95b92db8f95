// <caveat-article>: shows an edition once it was checked, asks for it again and again, and takes it
// down when told. What the page has inside the element stands until then, and is replaced by it.

const SCRIPT_BASE = (document.currentScript?.src ?? "").replace(/\/embed\/.*$/, "");
const REFRESH = 300; // seconds between questions
const LONGEST = 24 * 60 * 60; // seconds, so that a timer can hold it
const CONTEXT = ["locale", "jurisdiction", "audience", "channel", "revision"];
const REFUSED = { 400: "missing", 403: "withheld", 404: "missing", 410: "ended", 451: "withheld" };
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(CAVEAT.style);

class CaveatArticle extends HTMLElement {
  static observedAttributes = [
    ...["slug", "src", "base", ...CONTEXT, "heading", "regions", "data-kid", "data-key"],
  ];

  #root = this.attachShadow({ mode: "open" });
  #stopped = new AbortController();
  #unguard = () => {};
  #shown = null; // { edition, outcome, made }
  #until = null; // ms since 1970: how long what is here may stay without an answer

  connectedCallback() {
    if (!this.#root.firstChild) this.#empty();
    this.#root.addEventListener("click", follow);
    this.#start();
  }

  disconnectedCallback() {
    this.#stopped.abort();
    this.#unguard();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.isConnected || before === now) return;
    if (name !== "jurisdiction") this.#empty(); // else the old one stays until the new one is here
    this.#start();
  }

  #empty() {
    this.#unguard();
    this.#shown = this.#until = null;
    this.#root.replaceChildren(h("slot"));
    this.#mark("checking");
  }

  #start() {
    this.#stopped.abort();
    this.#stopped = new AbortController();
    this.#watch();
    this.#check(this.#stopped.signal);
  }

  async #check(stopped) {
    await Promise.resolve(); // several attributes that are set at once are one question
    if (stopped.aborted) return;
    const address = this.#address();
    if (!address) return this.#say("missing", {});
    const asked = ask(address.href, stopped, this.#key());
    const questions = [asked, askKeys(this.#base(), stopped)];
    const [answer, keys] = await Promise.all(questions);
    const found = answer.status === 200 ? await this.#examine(address, answer, keys) : null;
    if (stopped.aborted) return;
    if (found) this.#take(found);
    else if (REFUSED[answer.status]) this.#end(address, answer);
    else this.#keep();
    const timer = setTimeout(() => this.#check(stopped), this.#pause());
    stopped.addEventListener("abort", () => clearTimeout(timer));
  }

  #base() {
    const given = this.getAttribute("base") ?? SCRIPT_BASE;
    return (given || new URL(this.getAttribute("src"), document.baseURI).origin).replace(/\/$/, "");
  }

  // The site key of the page. Everybody can read a page, so no other kind is ever sent from one.
  #key() {
    const key = this.dataset.key ?? "";
    if (!key || key.startsWith("cvs_")) return key;
    console.error("<caveat-article>: data-key is no site key. If it is another key, revoke it.");
    return "";
  }

  // Where the edition is, with what the attributes say of the context; null without a usable one.
  #address() {
    const [slug, src] = [this.getAttribute("slug"), this.getAttribute("src")];
    try {
      const path = `${this.#base()}/v1/articles/${encodeURIComponent(slug)}`;
      const address = new URL(src ?? (slug ? path : ""), src ? document.baseURI : undefined);
      for (const name of CONTEXT) {
        if (this.getAttribute(name)) address.searchParams.set(name, this.getAttribute(name));
      }
      return address;
    } catch {
      return null;
    }
  }

  #examine(address, answer, keys) {
    const slug = this.getAttribute("slug");
    const moved = /\/v1\/articles\/([^/]+)$/.exec(new URL(answer.url).pathname)?.[1];
    const isFixed = slug && !this.#key(); // else a server or the key fills in what is not said
    const said = (name, silent) => address.searchParams.get(name) ?? (isFixed ? silent : null);
    const asked = {
      slug: moved ?? slug,
      audience: said("audience", "general"),
      channel: said("channel", "unknown"),
      jurisdiction: said("jurisdiction", "001"),
    };
    const pins = (this.dataset.kid ?? "").split(/\s+/).filter(Boolean);
    return examine(answer.text, asked, keys, pins);
  }

  #take({ edition, outcome }) {
    if (!edition) return this.#say("mismatch", { help: this.#shown?.edition.help });
    const before = this.#shown;
    const isSame = before?.edition.integrity.jws === edition.integrity.jws;
    // One that is older than what is shown comes from a slow cache, and proves nothing.
    const isOlder = isOf(before?.edition, edition) && before.edition.sequence > edition.sequence;
    if (!isOlder) this.#until = Date.now() + milliseconds(edition.freshness.max_offline);
    if (!isOlder && !(isSame && before.outcome === outcome)) this.#show(edition, outcome);
    this.#keep();
  }

  // What is here stays without an answer as long as its freshness says.
  #keep() {
    const inside = this.querySelector("[data-max-offline]")?.dataset.maxOffline;
    if (inside) this.#until ??= Date.now() + milliseconds(inside);
    const last = this.#shown?.edition.freshness.display_until;
    const isPast = last && new Date().toISOString().slice(0, 10) > last;
    if (this.#until === null) this.#say("unreachable", { original: this.#page() });
    else if (isPast || Date.now() > this.#until) this.#say("stale", { original: this.#page() });
    else if (this.#shown) this.#offerPlaces(this.#shown.made.place, this.#shown.edition.context);
    else this.#mark("unverified");
  }

  #end(address, { status, text }) {
    const { detail, notice, help, replacement } = parsed(text);
    const test = address.searchParams.get("include") === "test" ? "?include=test" : "";
    const instead = replacement && `${this.#base()}/v1/articles/${replacement}.html${test}`;
    const told = status === 400 ? detail : notice;
    this.#say(REFUSED[status], { detail: told, help, replacement: instead });
  }

  #page() {
    const slug = this.getAttribute("slug");
    return slug && `${this.#base()}/v1/articles/${slug}.html`;
  }

  #show(edition, outcome) {
    const top = Math.min(Math.max(Math.trunc(Number(this.getAttribute("heading")) || 2), 1), 4);
    const made = articleOf(edition, top, outcome);
    this.#replace(made.node, outcome);
    this.#shown = { edition, outcome, made };
    this.#watch();
  }

  #say(status, facts) {
    const locale = this.getAttribute("locale") ?? this.closest("[lang]")?.lang ?? "en";
    const title = speech(locale).words[status];
    const { node, place } = messageOf(locale, { ...facts, title });
    this.#replace(node, status);
    this.#shown = this.#until = null;
    const code = this.getAttribute("jurisdiction") ?? "001";
    if (status === "withheld") this.#offerPlaces(place, { locale, jurisdiction: { code } });
  }

  #replace(node, status) {
    this.#unguard();
    this.#root.adoptedStyleSheets = [SHEET];
    this.#root.replaceChildren(node);
    this.replaceChildren();
    this.#mark(status);
  }

  #mark(status) {
    if (this.getAttribute("status") === status) return;
    this.setAttribute("status", status);
    const detail = { status, sequence: this.#shown?.edition.sequence ?? null };
    this.dispatchEvent(new CustomEvent("caveat-status", { bubbles: true, composed: true, detail }));
  }

  #watch() {
    this.#unguard();
    if (!this.#shown) return;
    const { edition, made, outcome } = this.#shown;
    const { locale } = edition.context;
    const title = speech(locale).words.hidden;
    made.message ??= messageOf(locale, { title, help: edition.help }).node;
    this.#unguard = guard(this, made, (gone) => this.#mark(gone ? "hidden" : outcome));
  }

  async #offerPlaces(place, { locale, jurisdiction }) {
    const wanted = this.getAttribute("regions") ?? "all";
    if (wanted === "none") return;
    const known = await askPlaces(this.#base(), locale, this.#key());
    const codes = [jurisdiction.code, ...wanted.split(/\s+/)];
    const offered = known.filter(({ code }) => wanted === "all" || codes.includes(code));
    if (offered.length) pick(place, offered, jurisdiction.code, locale, this);
  }

  #pause() {
    const asked = Number(this.getAttribute("refresh"));
    const most = this.#shown && milliseconds(this.#shown.edition.freshness.recheck_after);
    const seconds = Math.min(asked > 0 ? asked : REFRESH, LONGEST);
    return Math.min(seconds * 1000, most || Infinity);
  }
}

// Puts a choice of places where the name of the place stands.
function pick(place, offered, code, locale, element) {
  const { words, ui } = speech(locale);
  const isChosen = (one) => (one.code === code ? "" : null);
  const option = (one) => h("option", { value: one.code, selected: isChosen(one) }, one.name);
  const select = h("select", { lang: locale, dir: direction(locale) }, offered.map(option));
  select.addEventListener("change", () => element.setAttribute("jurisdiction", select.value));
  place.replaceChildren(h("label", { part: "region", ...ui }, `${words.notices_for} `, select));
}

// A link inside the article leads to a place in its shadow tree, which an address cannot.
function follow(event) {
  const name = event.target.closest("a")?.getAttribute("href");
  if (!name?.startsWith("#")) return;
  event.preventDefault();
  const target = this.getElementById(name.slice(1));
  if (!target) return;
  if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
  target.scrollIntoView();
  target.focus({ preventScroll: true });
}

// Whether two editions are of the same article in the same context.
function isOf(one, other) {
  return (
    one?.article.id === other.article.id && canonical(one.context) === canonical(other.context)
  );
}

// An ISO 8601 duration of days and less in ms; 0, the most careful, for any other.
function milliseconds(duration) {
  const found = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  const [weeks, days, hours, minutes, seconds] = (found ?? []).slice(1).map((n) => Number(n ?? 0));
  return found ? (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000 : 0;
}

if (!customElements.get("caveat-article")) customElements.define("caveat-article", CaveatArticle);
