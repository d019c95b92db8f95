// What the gates say about a text as it is written; each finding leads to its sentence.
"use strict";
{
  const root = document.querySelector("[data-draft]");
  const form = root.querySelector("form");
  const text = form.elements.text;
  const list = root.querySelector("[data-draft-findings]");
  const count = root.querySelector("[data-draft-count]");
  const template = root.querySelector("[data-draft-finding]");
  const SEVERITIES = { error: "Refused", warning: "To think about" };
  let asked; // the request that is under way
  let places = []; // ranges of the findings in the text, in its order
  let looked = null; // the text that they are in

  // A range is in characters; the text of a field is in UTF-16 units.
  const units = (characters, at) => characters.slice(0, at).join("").length;
  const placed = (finding, characters) => {
    const { line, start, end } = finding.place;
    return { line, start: units(characters, start), end: units(characters, end) };
  };

  const go = (place) => {
    text.setSelectionRange(place.start, place.start);
    text.blur(); // so that the focus scrolls to where the caret is
    text.focus();
    text.setSelectionRange(place.start, place.end);
  };

  const item = (finding, place) => {
    const made = template.content.cloneNode(true);
    const part = (name) => made.querySelector(`[data-is="${name}"]`);
    const said = { severity: SEVERITIES[finding.severity], line: `Line ${place.line}`, detail: finding.remark ?? finding.detail };
    for (const [name, words] of Object.entries(said)) part(name).textContent = words;
    part("severity").classList.toggle("state-late", finding.severity === "error");
    part("line").addEventListener("click", () => go(place));
    for (const name of ["sentence", "rewrite"]) {
      if (finding[name]) part(name).textContent = finding[name];
      else (name === "rewrite" ? part(name).parentElement : part(name)).remove();
    }
    return made;
  };

  const say = (words) => {
    const line = document.createElement("p");
    line.className = "empty";
    line.textContent = words;
    list.replaceChildren(line);
    count.textContent = "";
    places = [];
  };

  const show = (findings, written) => {
    if (findings.length === 0) return say("No gate has anything against it.");
    const characters = [...written];
    const all = findings.map((one) => [one, placed(one, characters)]);
    const lines = document.createElement("ol");
    lines.className = "lines";
    lines.append(...all.map(([one, place]) => item(one, place)));
    list.replaceChildren(lines);
    count.textContent = findings.length;
    places = all.map(([, place]) => place).sort((one, other) => one.start - other.start);
  };

  const unreadable = async (answer) => {
    const problem = await answer.json().catch(() => ({}));
    const [first] = problem.errors ?? [];
    const line = first?.pointer.match(/^body:(\d+)$/);
    if (answer.status === 422) say(`It cannot be read: ${line ? `line ${line[1]}: ` : ""}${first?.detail ?? problem.detail}`);
    looked = null;
  };

  const look = async () => {
    const written = text.value;
    if (written === looked) return;
    asked?.abort();
    asked = new AbortController();
    const body = new FormData();
    body.set("form_token", form.elements.form_token.value);
    body.set("text", written);
    const about = { method: "POST", body, headers: { Accept: "application/json" }, signal: asked.signal };
    try {
      const answer = await fetch(list.dataset.draftFindings, about);
      if (!answer.ok) return await unreadable(answer);
      show((await answer.json()).findings, written);
      looked = written;
    } catch {
      // Asked anew, or no connection: the next pause asks again.
    }
  };

  addEventListener("keydown", (event) => {
    if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const at = text.selectionStart;
    const after = places.find((one) => one.start > at) ?? places[0];
    const before = places.findLast((one) => one.start < at) ?? places.at(-1);
    const place = event.shiftKey ? before : after;
    if (place) go(place);
  });
  form.addEventListener("draft-pause", look);
  look();
}
