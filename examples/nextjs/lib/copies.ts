// Where copies are kept: a folder, which outlives a restart. Where there is no disk to share, or
// none at all, put your Redis or key-value store behind the same four functions.

import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Copy } from "./caveat";

const FOLDER = process.env.CAVEAT_COPIES ?? ".caveat";
const DUE = "due!"; // no slug has a "!"

export async function get(slug: string): Promise<Copy | undefined> {
  const [copy, due] = await Promise.all([load<Copy>(slug), load<number>(DUE)]);
  return copy && due && copy.asked <= due ? { ...copy, asked: 0 } : copy;
}

export async function put(slug: string, copy: Copy): Promise<void> {
  await save(slug, copy);
}

export async function drop(slug: string): Promise<void> {
  await rm(file(slug), { force: true });
}

// From now on every copy is asked for again before it is shown.
export async function expire(): Promise<void> {
  await save(DUE, Date.now());
}

async function load<T>(name: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file(name), "utf8"));
  } catch {
    return undefined; // not there yet
  }
}

async function save(name: string, data: unknown): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const half = `${file(name)}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(half, JSON.stringify(data));
  await rename(half, file(name)); // a reader sees the old one or the new one, whole
}

function file(name: string): string {
  return join(FOLDER, `${name}.json`);
}
