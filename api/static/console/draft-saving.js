// A draft is saved while it is written, and every keystroke is kept in this browser until it is.
// Other scripts of the page hear "draft-pause" when somebody stops typing for a moment.
"use strict";
{
  const LOOK = 700; // ms after the last keystroke
  const SAVE = 2000; // ms; each save is a version and a line in the audit
  const RETRY = 5000; // ms until it is tried again without an answer
  const root = document.querySelector("[data-draft]");
  const form = root.querySelector("form");
  const { text, version } = form.elements;
  const state = root.querySelector("[data-draft-state]");
  const found = root.querySelector("[data-draft-found]");
  const key = `caveat-draft ${root.dataset.draft}`;
  const CLOSED = {
    401: "You are signed out. Your text is kept here: press Save, sign in, and it comes along.",
    403: "This page is of an earlier visit. Your text is kept here: press Save, and it comes along.",
    412: "Somebody else has saved meanwhile. Your text is kept here: press Save to see both.",
  };
  let saves = "saves" in root.dataset;
  let saved = "typed" in root.dataset ? null : text.value;
  let isKept = true;
  let isBusy = false;
  let looking, saving;

  const say = (words, isLate = false) => {
    if (state.textContent !== words) state.textContent = words;
    state.classList.toggle("late", isLate);
  };
  const clock = (at) =>
    at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  // Beside another version this is still the one that was seen before.
  const seen = () => root.dataset.seen ?? version.value;
  const keep = () => {
    try {
      localStorage.setItem(key, JSON.stringify({ text: text.value, version: seen(), at: Date.now() }));
      isKept = true;
    } catch {
      isKept = false; // no room, or not allowed: leaving the page is asked about instead
    }
  };
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const forget = () => {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing could be kept, so nothing is there.
    }
  };

  const put = (written, seen) => {
    const body = new FormData();
    body.set("form_token", form.elements.form_token.value);
    body.set("text", written);
    const headers = { Accept: "application/json", "If-Match": `"${seen}"` };
    return fetch(form.action, { method: "PUT", body, headers });
  };

  const refused = async (answer) => {
    saves = saves && (answer.status === 422 || answer.status >= 500);
    if (CLOSED[answer.status]) return say(CLOSED[answer.status], true);
    const problem = await answer.json().catch(() => ({}));
    const [first] = problem.errors ?? [];
    const line = first?.pointer.match(/^body:(\d+)$/);
    const why = first ? `${line ? `line ${line[1]} ` : ""}${first.detail}` : problem.detail;
    say(`Not saved yet: ${why ?? answer.status}. It is kept in this browser.`, true);
    if (answer.status >= 500) later(RETRY);
  };

  const save = async () => {
    clearTimeout(saving);
    if (isBusy) return later(SAVE);
    const written = text.value;
    if (written === saved) return;
    isBusy = true;
    say("Saving…");
    try {
      const answer = await put(written, version.value);
      if (answer.ok) {
        const done = await answer.json();
        version.value = done.version;
        document.querySelector("[data-draft-version]").textContent = done.version;
        saved = written;
        if (text.value === written) forget();
        else keep();
        say(`Saved ${clock(new Date(done.saved_at))}`);
        found?.setAttribute("hidden", "");
      } else await refused(answer);
    } catch {
      say("Not saved: there is no connection. It is kept in this browser and tried again.", true);
      later(RETRY);
    } finally {
      isBusy = false;
    }
  };
  const later = (wait) => {
    clearTimeout(saving);
    saving = setTimeout(save, wait);
  };

  const pause = () => form.dispatchEvent(new Event("draft-pause"));
  const typed = () => {
    keep();
    clearTimeout(looking);
    looking = setTimeout(pause, LOOK);
    if (saves) later(SAVE);
    else if (!state.classList.contains("late")) say("Not saved; kept in this browser.");
  };
  text.addEventListener("input", typed);
  addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    if (saves) save();
    else form.requestSubmit(root.querySelector("[data-draft-save]"));
  });
  addEventListener("beforeunload", (event) => {
    if (!isKept && text.value !== saved) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget) return; // only a preview
    clearTimeout(saving);
    isKept = true; // it goes along
  });
  for (const one of root.querySelectorAll("[data-draft-forget]")) {
    one.addEventListener("click", () => {
      forget();
      if (one.href) return; // which leads to what is saved
      text.readOnly = false;
      text.value = saved;
      found?.setAttribute("hidden", "");
      pause();
    });
  }

  // What this browser had kept when the page was left, as by a crash or a signing out.
  const older = kept();
  const offer = (words) => {
    found.querySelector("[data-draft-found-words]").textContent = words;
    found.hidden = false;
  };
  const bringBack = () => {
    text.value = older.text;
    const when = `${new Date(older.at).toLocaleDateString()}, ${clock(new Date(older.at))}`;
    offer(`What you had not saved (${when}) is here again.`);
    found.querySelector("[data-draft-compare]").hidden = true;
    typed();
  };
  const compare = async () => {
    text.readOnly = true; // until it is decided: what is typed would be kept in its place
    const answer = await put(older.text, older.version).catch(() => null);
    if (answer?.ok) {
      forget();
      text.readOnly = false;
      return;
    }
    offer("This browser has text of yours that was not saved, and the draft was saved since.");
  };
  root.querySelector("[data-draft-compare]")?.addEventListener("click", () => {
    text.value = older.text;
    version.value = older.version;
    form.requestSubmit(root.querySelector("[data-draft-save]"));
  });
  if ("typed" in root.dataset) keep();
  else if (older && older.text !== text.value) {
    if (older.version === version.value) bringBack();
    else compare();
  } else forget();
}
