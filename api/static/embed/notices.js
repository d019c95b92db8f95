// Notices, as schemas/renditions/templates/notices.html has them: alerts in full, all others as
// <details> that open in place. ``made`` remembers each with the node that has to be seen.

function level(made, name, found, tag) {
  if (!found.length) return null;
  const attributes = { class: `cv-${name}`, part: name };
  return h("div", attributes, ...found.map((group) => groupOf(made, group, tag, name === "alerts")));
}

function groupOf(made, group, tag, alerts) {
  return h(
    "section",
    { class: "cv-group", "data-group": group.name },
    h(tag, { class: "cv-label" }, group.label),
    h("ul", { class: "cv-notices" }, group.notices.map((notice) => noticeOf(made, notice, alerts))),
  );
}

function noticeOf(made, notice, alerts) {
  const { locale, dir, id } = notice;
  const full = alerts && isAlert(notice);
  const summary = full ? null : h("summary", {}, notice.short);
  const inside = full
    ? inFull(notice)
    : h("details", {}, summary, h("div", { class: "cv-full" }, inFull(notice)));
  const item = h("li", { lang: locale, dir, "data-notice": id }, inside);
  const seen = summary ? [summary] : [...item.children];
  made.notices.push({ item, seen, alert: full, length: item.textContent.length });
  return item;
}

function inFull(notice) {
  return [h("p", {}, notice.text), actions(notice.actions)];
}

function actions(found) {
  if (!found.length) return null;
  return h("ul", { class: "cv-actions" }, found.map((action) => h("li", {}, actionOf(action))));
}

function actionOf(action) {
  const shown = number(action);
  const name = action.type === "link" ? "cv-host" : "cv-number";
  const extra = shown && [" ", h("span", { class: name, dir: "ltr" }, shown)];
  return link(action.value, {}, action.label, extra);
}
