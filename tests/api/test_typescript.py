"""The description makes good types: programs in TypeScript that use them compile strictly."""

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import services

pytestmark = pytest.mark.one_engine
PACKAGES = ("openapi-typescript@7.13.0", "typescript@5.9.3")
OPTIONS = ("--noEmit", "--strict", "--target", "es2022", "--module", "nodenext")
PATIENCE = 240  # seconds
USES = """
import type { components, operations, paths } from "./caveat.js";

type Edition = components["schemas"]["Edition"];
type Draft = components["schemas"]["Draft"];
type Problem = components["schemas"]["Problem"];
type Body<Operation extends { requestBody?: { content: object } }> =
  NonNullable<Operation["requestBody"]>["content"];
type Block = NonNullable<Edition["sections"]>[number]["blocks"][number];

export function plain(block: Block): string {
  switch (block.type) {
    case "paragraph":
    case "quote":
      return block.text;
    case "heading":
      return "#".repeat(block.level) + " " + block.text;
    case "callout":
      return (block.tone === "caution" ? "Caution: " : "") + block.text;
    case "list":
      return block.items.map((item) => (block.ordered ? "1. " : "- ") + item.text).join("\\n");
    case "table":
      return [block.columns, ...block.rows].map((row) => row.map((c) => c.text).join()).join();
    case "figure":
      return `${block.alt}: ${block.src}, ${block.width}x${block.height}`;
    default: {
      const nothing: never = block;
      return nothing;
    }
  }
}

export async function read(address: string): Promise<string | null> {
  const query: NonNullable<operations["getArticle"]["parameters"]["query"]> = {
    jurisdiction: "US-AL",
    audience: "adults",
  };
  const answer = await fetch(`${address}?${new URLSearchParams(query as Record<string, string>)}`);
  if (!answer.ok) {
    const problem = (await answer.json()) as Problem;
    const where = problem.errors?.map((one) => one.pointer) ?? [];
    if (problem.your_copy === "remove") throw new Error(problem.notice ?? problem.detail);
    return problem.help?.[0]?.phrase ?? where.join();
  }
  const edition = (await answer.json()) as Edition;
  const first = edition.disclaimers.filter((one) => one.display.level === "alert");
  const links = edition.sections?.flatMap((section) =>
    section.blocks.flatMap((block) =>
      "spans" in block
        ? block.spans.flatMap((span) =>
            span.marks.flatMap((mark) => (mark.type === "link" ? [mark.href] : [])),
          )
        : [],
    ),
  );
  const kid: string = edition.integrity.kid;
  return [edition.title, ...first.map((one) => one.text), ...(links ?? []), kid].join();
}

export function save(draft: Draft, seen: string): RequestInit {
  const headers: operations["saveDraft"]["parameters"]["header"] = { "If-Match": seen };
  const body: Body<operations["saveDraft"]>["application/json"] = {
    ...draft.manuscript,
    change_note: "A correction.",
  };
  return { method: "PUT", headers, body: JSON.stringify(body) };
}

const blank = {
  status: "unreviewed" as const,
  reviewed_on: null,
  searched_on: null,
  next_review_due: null,
  provenance: { author: "A desk", ai_statement: "None.", reviewer_name: null,
                reviewer_credential: null },
};
export const begun: Body<operations["createArticle"]>["application/json"] = {
  slug: "new-one",
  topics: ["sleep"],
  conditions: [],
  change_note: "First.",
  document: {
    locale: "en",
    title: "A title",
    summary: "A summary.",
    sections: (["overview", "mechanisms", "support-systems", "conclusions"] as const).map(
      (kind) => ({
        kind,
        title: kind,
        standalone: false,
        blocks: [{ type: "paragraph", text: "So.", spans: [{ text: "So.", marks: [] }] }],
      }),
    ),
    claims: [{ id: "c-1", statement: "It is so.", evidence_level: null, sources: [] }],
    sources: [],
    review: blank,
  },
};
export const again: operations["createArticle"]["parameters"]["header"] = {
  "Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324",
};

export const asked: Body<operations["addPreview"]>["application/json"] = { expires_in: 3600 };
export const removed: operations["revokePreview"]["parameters"]["path"] = {
  id: "019a0000-0000-7000-8000-000000000001",
  locale: "en",
  preview: "0",
};
type Preview = operations["seePreview"]["responses"][200]["content"]["application/json"];
export function isPreview(one: Edition | Preview): one is Preview {
  return one.status === "preview";
}
export function address(
  made: operations["addPreview"]["responses"][201]["content"]["application/json"],
): string {
  return made.urls.html;
}
export const nobody: null = null as unknown as Preview["integrity"]["jws"];
export const released: Body<operations["createRelease"]>["application/json"]["items"] = [
  { type: "article", article: removed.id, locale: "en" },
  { type: "restore", article: removed.id },
];
export type Gone =
  paths["/v1/articles/{slug}"]["get"]["responses"]["default"]["content"]["application/problem+json"];
"""
MISTAKES = [  # what is right, a mistake in its place, and how the checker calls that
    ("edition.title,", "edition.titel,", "Property 'titel' does not exist"),
    ('block.tone === "caution"', 'block.tone === "warning"', "no overlap"),
    ('"#".repeat(block.level)', '"#".repeat(block.tone)', "Property 'tone' does not exist"),
    ("(block.ordered ?", "(block.columns ?", "Property 'columns' does not exist"),
    ('your_copy === "remove"', 'your_copy === "delete"', "no overlap"),
    ('{ "If-Match": seen }', '{ "If-Mach": seen }', "'\"If-Mach\"' does not exist"),
    ('slug: "new-one"', 'slugg: "new-one"', "'slugg' does not exist"),
    ('audience: "adults"', 'audience: "grown-ups"', "is not assignable"),
    ("{ expires_in: 3600 }", "{ expires: 3600 }", "'expires' does not exist"),
    ("made.urls.html;", "made.urls.htm;", "Property 'htm' does not exist"),
    ('{ type: "restore"', '{ type: "restored"', "is not assignable"),
]

OPEN = {  # objects of which not all is known; a new one has to be written down here
    "} & {",  # problems, which may have names of their own
    "detail: {",  # of a row of the audit
    "data: {",  # of an item of policy: as an import's file says it
    "data: string | boolean | string[] | {",
    '"application/schema+json": {',
    '"application/yaml": {',
}


@pytest.fixture(scope="module")
def types(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the types that are made of the description."""
    folder = tmp_path_factory.mktemp("types")
    shutil.copy(request.config.rootpath / "openapi.yaml", folder)
    run(folder, services.npm(), "install", "--no-audit", "--no-fund", *PACKAGES)
    program = folder / "node_modules" / ".bin" / "openapi-typescript"
    run(folder, str(program), "openapi.yaml", "--output", "caveat.d.ts")
    return folder


def test_a_program_that_uses_the_types_compiles_strictly(types: Path) -> None:
    told = compile_(types, USES)
    assert told == ""


def test_each_mistake_is_an_error_where_it_is_made(types: Path) -> None:
    """All mistakes are made in one program, as a compiler is slow."""
    program = USES
    for right, wrong, _ in MISTAKES:
        assert program.count(right) == 1, right
        program = program.replace(right, wrong)
    told = compile_(types, program).splitlines()
    for _, wrong, message in MISTAKES:
        [line] = [n for n, line in enumerate(program.splitlines(), 1) if wrong in line]
        found = [one for one in told if one.startswith(f"uses.ts({line},")]
        assert any(message in one for one in found), (wrong, told)


def test_no_type_says_nothing(types: Path) -> None:
    """``any``, and objects of which nothing is known, are no types."""
    text = re.sub(r"/\*.*?\*/", "", (types / "caveat.d.ts").read_text(), flags=re.DOTALL)
    assert not re.search(r"\bany\b", text)
    empty = re.findall(r".*Record<string, never>.*", text)
    assert {line.split("=")[0].strip() for line in empty} == {
        "export type webhooks",
        "export type $defs",
    }
    lines = [line.strip() for line in text.splitlines()]
    unknown = {line for line in lines if re.search(r": unknown\b", line)}
    assert unknown == {"[name: string]: unknown;", "[key: string]: unknown;"}
    opened = {before for before, line in pairwise(lines) if line == "[key: string]: unknown;"}
    assert opened == OPEN


def compile_(folder: Path, program: str) -> str:
    """Compile a program, and return what is said of it."""
    (folder / "uses.ts").write_text(program)
    done = subprocess.run(
        [str(folder / "node_modules" / ".bin" / "tsc"), *OPTIONS, "--pretty", "false", "uses.ts"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode == 0) == (done.stdout == "")
    return done.stdout


def run(folder: Path, *command: str) -> None:
    """Run a program that has to succeed."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
