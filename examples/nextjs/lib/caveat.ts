// What readers may see of an article now. Caveat is asked at most every 30 seconds; what it said is
// kept (copies.ts), so that a page outlives an outage for as long as `freshness` allows.
//
// Not `fetch(…, { next: { revalidate } })`: Next keeps only answers of 200 and goes on to show the
// last one, so that a withdrawal (410) would never be seen.

import * as copies from "./copies";

export const CAVEAT = process.env.CAVEAT_URL ?? "http://127.0.0.1:8000";
const PLACE = `jurisdiction=${process.env.CAVEAT_JURISDICTION ?? "001"}`; // where your readers are
const KEY = process.env.CAVEAT_KEY; // stays on your server
const RECHECK = 30_000; // ms
const PATIENCE = 3_000; // ms that a whole answer may take
const DAY = 24 * 60 * 60 * 1000; // ms

export type Help = {
  kind: string;
  label: string;
  phrase: string;
  actions: { type: string; label: string; value: string }[];
};

export type Edition = {
  title: string;
  sequence: number;
  disclaimers: { id: string; short: string; display: { level: string } }[];
  surfaces: { card: string[]; notification: boolean };
  rights: { indexing: string };
  freshness: { max_offline: string; display_until: string | null };
  links: { canonical: string };
  help: Help[];
};

export type Outcome =
  | { state: "live"; status: 200; edition: Edition; html: string; etag: string }
  | { state: "ended"; status: 410; notice: string | null; help: Help[]; replacement: string | null }
  | { state: "withheld"; status: 403 | 451; help: Help[] }
  | { state: "missing"; status: 404 }
  | { state: "unreachable"; status: 503 };

export type Copy = {
  outcome: Outcome;
  checked: number; // when Caveat last said that it is so, ms since 1970
  asked: number; // when it was last asked, whatever came back
};

const SLUG = /^[a-z0-9-]+$/;
const MISSING: Outcome = { state: "missing", status: 404 };
const UNREACHABLE: Outcome = { state: "unreachable", status: 503 };

// Never throws: what is owed to the reader when nothing can be shown is an outcome, too.
export async function read(slug: string): Promise<Outcome> {
  if (!SLUG.test(slug)) return MISSING;
  const known = await copies.get(slug);
  if (known && Date.now() - known.asked < RECHECK) return stillGood(known);
  const asked = Date.now();
  try {
    const outcome = await ask(slug, known?.outcome);
    if (outcome.state === "missing") await copies.drop(slug); // anybody can make up an address
    else await copies.put(slug, { outcome, checked: asked, asked });
    return stillGood({ outcome, checked: asked });
  } catch (error) {
    console.error(`caveat: ${slug}:`, error);
    if (!known) return UNREACHABLE;
    await copies.put(slug, { ...known, asked });
    return stillGood(known);
  }
}

// Throws only where the copy is to be kept: 429, 5xx, no answer in time, or one that is not whole.
export async function ask(slug: string, known?: Outcome): Promise<Outcome> {
  const etag = known?.state === "live" ? known.etag : undefined;
  const response = await request(`${slug}?${PLACE}`, etag);
  if (known && response.status === 304) return known;
  if (response.status === 410) return ended(await said(response), known);
  const answer = await response.json();
  if (response.status === 200) return live(slug, answer, response.headers.get("etag") ?? "");
  if (answer.your_copy === "remove-here") {
    const status = response.status === 451 ? 451 : 403;
    return { state: "withheld", status, help: answer.help };
  }
  if (response.status === 404) return MISSING;
  throw new Error(`status ${response.status}: ${answer.detail}`);
}

async function live(slug: string, edition: Edition, etag: string): Promise<Outcome> {
  const response = await request(`${slug}.html?${PLACE}&fragment=1&heading=1`);
  const html = (await response.text()).trim();
  const isSame = response.headers.get("caveat-sequence") === String(edition.sequence);
  const isWhole = html.endsWith("</article>") && edition.disclaimers.length > 0 &&
    edition.disclaimers.every(({ id }) => html.includes(`data-notice="${id}"`));
  if (!isSame || !isWhole) throw new Error("the article did not come whole");
  return { state: "live", status: 200, edition, html, etag };
}

type Problem = { notice?: string; help?: Help[]; replacement?: string };

function ended({ notice, help, replacement }: Problem, known?: Outcome): Outcome {
  return {
    state: "ended",
    status: 410,
    notice: notice ?? null,
    help: help ?? helpOf(known),
    replacement: replacement ?? null,
  };
}

// A 410 counts whatever stands in its body: something on the way may have put its own words there.
async function said(response: Response): Promise<Problem> {
  return response.json().catch(() => ({}));
}

function helpOf(known?: Outcome): Help[] {
  if (known?.state === "live") return known.edition.help;
  return known && "help" in known ? known.help : [];
}

function request(address: string, etag?: string): Promise<Response> {
  const headers = new Headers();
  if (etag) headers.set("If-None-Match", etag);
  if (KEY) headers.set("Authorization", `Bearer ${KEY}`);
  const signal = AbortSignal.timeout(PATIENCE);
  return fetch(`${CAVEAT}/v1/articles/${address}`, { headers, signal, cache: "no-store" });
}

function stillGood({ outcome, checked }: Omit<Copy, "asked">): Outcome {
  return outcome.state !== "live" || Date.now() < lastsUntil(outcome.edition, checked)
    ? outcome
    : UNREACHABLE;
}

function lastsUntil({ freshness }: Edition, checked: number): number {
  const unit = { D: DAY, H: DAY / 24, M: DAY / 24 / 60 };
  let until = checked;
  for (const [, number, letter] of freshness.max_offline.matchAll(/(\d+)([DHM])/g)) {
    until += Number(number) * unit[letter as keyof typeof unit]; // such as P7D or PT12H
  }
  const { display_until: lastDay } = freshness;
  return lastDay ? Math.min(until, Date.parse(lastDay) + DAY) : until;
}
