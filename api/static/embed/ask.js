// Requests: an edition, the keys, the places. They carry no cookie, no referrer and nothing of the
// reader's; ``no-cache`` lets the browser ask again by ETag, which costs a 304 and (without a key) no
// preflight.

const PATIENCE = 10_000; // ms
const REQUEST = { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" };
const LISTS = new Map(); // of places, by address

// What an address answers, with a site key if the page has one: { status, text, url }; status 0 where
// there is no answer.
async function ask(address, stopped, key) {
  const timer = new AbortController();
  const stop = () => timer.abort();
  const late = setTimeout(stop, PATIENCE);
  stopped?.addEventListener("abort", stop);
  try {
    const headers = { Accept: "application/json", ...(key && { Authorization: `Bearer ${key}` }) };
    const response = await fetch(address, { ...REQUEST, headers, signal: timer.signal });
    return { status: response.status, url: response.url, text: await response.text() };
  } catch {
    return { status: 0, url: address, text: "" };
  } finally {
    clearTimeout(late);
    stopped?.removeEventListener("abort", stop);
  }
}

async function askKeys(base, stopped) {
  const { status, text } = await ask(`${base}/.well-known/jwks.json`, stopped);
  if (status !== 200) return null;
  const found = parsed(text).keys;
  return Array.isArray(found) ? found : null;
}

// Places by code and name, asked for once on a page; empty where they cannot be had.
function askPlaces(base, locale, key) {
  const address = `${base}/v1/jurisdictions?locale=${encodeURIComponent(locale)}`;
  const asked = `${key} ${address}`;
  if (!LISTS.has(asked)) {
    const answer = ask(address, null, key).then(({ text }) => parsed(text).jurisdictions ?? []);
    LISTS.set(asked, answer);
  }
  return LISTS.get(asked);
}

// The object that a text is as JSON; an empty one for anything else.
function parsed(text) {
  try {
    const found = JSON.parse(text);
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}
