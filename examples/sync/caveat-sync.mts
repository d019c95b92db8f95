/*
 * Keep a copy of all articles in step with a Caveat server, in a folder with a file for each.
 *
 *   npx -y -p typescript@5.9.3 -p @types/node@20 tsc -p examples/sync     # makes caveat-sync.mjs
 *   node caveat-sync.mjs copy sync 'https://content.example/v1/snapshot?jurisdiction=US-AL'
 *   node caveat-sync.mjs copy sync --every 5         # goes on where it was, and stays in step
 *   node caveat-sync.mjs copy show [SLUG]            # what may be shown now, a line each
 *
 * Node 20 and nothing else at run time. Digests and signatures are checked. A partner's key is read
 * from the environment variable PARTNER_KEY.
 * It may be killed at any moment: a file is replaced as a whole, and the address of the next answer
 * is kept after all that this one says. What is applied twice is the same. Exit codes of `sync`:
 * 0 in step, 1 wrong, 3 the server did not answer (try again).
 */

import { createHash, createPublicKey, verify } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

type Data = { [name: string]: any };
type Answer = { items: Data[]; texts: Data; next: string };
type State = { next?: string; etag?: string | null; checked?: number; keys?: Data };

/** The server cannot be reached, or not now: keep what there is, and ask again. */
class NoAnswer extends Error {}

/** What came cannot be used; asking again does not help. */
class Wrong extends Error {}

const CONTEXT = ["locale", "jurisdiction", "audience", "channel", "fields"];

/** Return the text that is digested and signed (RFC 8785). */
function canonical(data: any): string {
  if (Array.isArray(data)) return `[${data.map(canonical).join(",")}]`;
  if (data === null || typeof data !== "object") return JSON.stringify(data);
  const pairs = Object.keys(data)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(data[name])}`);
  return `{${pairs.join(",")}}`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Return the key of a disclaimer among the texts. */
function key(text: Data): string {
  return `${text.id}@${text.version}~${sha256(canonical(text)).slice(0, 8)}`;
}

/** Return the whole edition: what is the `same` is in the old one, and so may a text be. */
function rebuild(item: Data, texts: Data, old: Data): Data {
  const known: Data = {};
  for (const text of old.disclaimers ?? []) known[key(text)] = text;
  Object.assign(known, texts);
  const { same = [], ...said } = item;
  const edition: Data = {};
  for (const name of same) edition[name] = old[name];
  return { ...edition, ...said, disclaimers: item.disclaimers.map((one: string) => known[one]) };
}

/** Return status, JSON or lines of JSON, and tag; throw NoAnswer where a copy stays as it is. */
async function get(
  address: string,
  etag?: string | null,
): Promise<{ status: number; data: any; etag: string | null }> {
  const headers: Record<string, string> = { "Accept-Encoding": "gzip" };
  if (etag) headers["If-None-Match"] = etag;
  if (process.env.PARTNER_KEY) headers.Authorization = `Bearer ${process.env.PARTNER_KEY}`;
  let response: Response, text: string, data: any;
  try {
    response = await fetch(address, { headers, signal: AbortSignal.timeout(timeout) });
    text = await response.text();
    if (response.status === 429 || response.status >= 500)
      throw new Error(`answered ${response.status}`);
    const isLines = response.headers.get("Content-Type")?.includes("ndjson");
    data = isLines
      ? text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
      : text
        ? JSON.parse(text)
        : {};
  } catch (error) {
    throw new NoAnswer(`${address}: ${error}`);
  }
  return { status: response.status, data, etag: response.headers.get("ETag") };
}

/** Return what a part of a snapshot, or a page of changes, says. */
function read(data: any): Answer {
  if (!Array.isArray(data)) return { items: data.items, texts: data.texts, next: data.links.next };
  const end = data.at(-1);
  const items = data.filter((line) => line.type === "edition").map((line) => line.edition);
  if (end?.type !== "end" || end.counts.editions !== items.length)
    throw new NoAnswer("the snapshot was cut off");
  const texts: Data = {};
  for (const line of data) if (line.type === "text") texts[line.key] = line.text;
  return { items, texts, next: end.links.next ?? end.links.differences };
}

/** The copy: a file for each article, and one that says where to go on. */
class Store {
  private readonly articles: string;
  readonly state: State;

  constructor(private readonly folder: string) {
    this.articles = join(folder, "articles");
    mkdirSync(this.articles, { recursive: true });
    this.state = this.load(join(folder, "state.json")) ?? {};
  }

  private load(path: string): Data | undefined {
    try {
      return JSON.parse(readFileSync(path, "utf8"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Write a file as a whole or not at all. */
  private save(path: string, data: Data): void {
    const file = openSync(`${path}.new`, "w");
    writeFileSync(file, canonical(data));
    fsyncSync(file);
    closeSync(file);
    renameSync(`${path}.new`, path);
  }

  /** Keep where to go on; everything before it has been applied. */
  private set(values: State): void {
    Object.assign(this.state, values);
    this.save(join(this.folder, "state.json"), this.state);
  }

  private path(article: Data): string {
    return join(this.articles, `${article.id}.json`);
  }

  /** Return the edition that there is of an article, else nothing. */
  private edition(article: Data): Data {
    const found = this.load(this.path(article));
    return found && !found.tombstone ? found : {};
  }

  /** Read one answer and apply it; return whether there was anything new. */
  async step(address: string): Promise<boolean> {
    const { status, data, etag } = await get(address, this.state.etag);
    if (status === 304) {
      this.set({ checked: Date.now() });
      return false;
    }
    if (status !== 200) throw new Wrong(`${address} answered ${status}: ${data.detail}`);
    const answer = read(data);
    for (const item of answer.items) await this.apply(item, answer.texts, address);
    const isNew = answer.next !== address;
    this.set({ next: answer.next, ...(isNew ? { etag: null } : { etag, checked: Date.now() }) });
    return isNew;
  }

  /** Apply one item: a tombstone, an edition, or what differs from the one that there is. */
  private async apply(item: Data, texts: Data, address: string): Promise<void> {
    let found = item;
    if (!item.tombstone) {
      const edition = rebuild(item, texts, this.edition(item.article));
      const flaw = await this.flaw(edition, address);
      if (flaw && !item.same) throw new Wrong(flaw);
      found = flaw ? await this.readWhole(item.article, address) : edition;
    }
    this.save(this.path(item.article), found);
  }

  /** Read an article whose difference does not fit to the copy, and obey what comes. */
  private async readWhole(article: Data, address: string): Promise<Data> {
    const asked = new URLSearchParams(
      [...new URL(address).searchParams].filter(([name]) => CONTEXT.includes(name)),
    );
    const { status, data } = await get(
      `${address.split("/v1/")[0]}/v1/articles/${article.slug}?${asked}`,
    );
    if (status === 200) {
      const flaw = await this.flaw(data, address);
      if (flaw) throw new Wrong(flaw);
      return data;
    }
    if (!String(data.your_copy).startsWith("remove"))
      throw new Wrong(`the article ${article.slug} answered ${status}`);
    const { notice = null, replacement = null, your_copy, help, reason = "withheld" } = data;
    return { article, tombstone: { type: reason, notice, replacement, your_copy, help } };
  }

  /** Say why an edition is not whole, or not exactly what was signed; nothing where it is. */
  private async flaw(edition: Data, address: string): Promise<string | undefined> {
    const { integrity, ...content } = edition;
    if (Object.values(content).includes(undefined) || content.disclaimers.includes(undefined))
      return "something is missing";
    const text = canonical(content);
    if (integrity.digest !== `sha256:${sha256(text)}`)
      return `the digest of ${edition.article.slug} does not fit`;
    const [head, , signature] = integrity.jws.split(".");
    const signed = Buffer.from(`${head}.${Buffer.from(text).toString("base64url")}`);
    const x = await this.public(integrity.kid, address);
    const jwk = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    const isGenuine = verify(null, signed, jwk, Buffer.from(signature, "base64url"));
    return isGenuine ? undefined : `the signature of ${edition.article.slug} is wrong`;
  }

  /** Return a public key; the publisher's keys are read again where it is not known yet. */
  private async public(kid: string, address: string): Promise<string> {
    if (!this.state.keys?.[kid]) {
      const { data } = await get(`${address.split("/v1/")[0]}/.well-known/jwks.json`);
      this.set({ keys: Object.fromEntries(data.keys.map((one: Data) => [one.kid, one.x])) });
    }
    const found = this.state.keys?.[kid];
    if (!found) throw new Wrong(`the key ${kid} is not one of the publisher's`);
    return found;
  }

  /** Yield the edition of each article that may be shown, or what to say in its place. */
  *lines(slug: string | undefined, now: number): Generator<string> {
    const names = readdirSync(this.articles).filter((name) => name.endsWith(".json"));
    for (const name of names.sort()) {
      const found = this.load(join(this.articles, name)) ?? {};
      if (slug !== undefined && slug !== found.article.slug) continue;
      const { id, slug: knownAs } = found.article;
      const age = now - (this.state.checked ?? 0);
      const reason = found.tombstone ? undefined : whyNot(found, age, now);
      const instead = reason ? { stale: reason, help: found.help } : { tombstone: found.tombstone };
      const isHidden = found.tombstone || reason;
      yield canonical(isHidden ? { article: { id, slug: knownAs }, ...instead } : found);
    }
  }
}

/** Say why a copy may not be shown, nothing where it may; `age` is since the last check. */
function whyNot(edition: Data, age: number, now: number): string | undefined {
  const lastDay = edition.freshness.display_until;
  if (lastDay && new Date(now).toISOString().slice(0, 10) > lastDay)
    return "its last day of display is over";
  if (age > milliseconds(edition.freshness.max_offline)) return "it was not checked for too long";
  return undefined;
}

/** Return the length of an ISO 8601 duration of weeks, days, hours, minutes and seconds. */
function milliseconds(duration: string): number {
  const units: Record<string, number> = { W: 604800, D: 86400, H: 3600, M: 60, S: 1 };
  const parts = [...duration.matchAll(/(\d+)([WDHMS])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]! * 1000, 0);
}

/** Follow until in step, or for ever; return the exit code. */
async function sync(store: Store, first?: string, every?: number): Promise<number> {
  for (;;) {
    const address = store.state.next ?? first;
    if (!address) throw new Wrong("this copy is new; name the address of a snapshot");
    try {
      if (await store.step(address)) continue;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      console.error(error.message);
      if (every === undefined) return 3;
    }
    if (every === undefined) return 0;
    await sleep(every * 1000);
  }
}

const given = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: "string" }, // seconds between two looks; for ever
    timeout: { type: "string", default: "60" }, // seconds that an answer takes
    at: { type: "string" }, // a time (ISO 8601) instead of now
  },
});
const [folder, command, argument] = given.positionals;
const timeout = Number(given.values.timeout) * 1000;
if (!folder || !["sync", "show"].includes(command ?? "")) {
  console.error(
    "caveat-sync.mjs FOLDER sync [ADDRESS] [--every SECONDS] | FOLDER show [SLUG] [--at TIME]",
  );
  process.exitCode = 2;
} else if (command === "show") {
  const now = given.values.at ? Date.parse(given.values.at) : Date.now();
  for (const line of new Store(folder).lines(argument, now)) process.stdout.write(`${line}\n`);
} else {
  const { every } = given.values;
  try {
    process.exitCode = await sync(new Store(folder), argument, every ? Number(every) : undefined);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
