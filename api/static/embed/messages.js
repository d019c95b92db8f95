// What stands in the place of an article that must not, or cannot, be shown: why, and who helps.

function messageOf(locale, { title, detail, help, replacement, original }) {
  const { words, ui } = speech(locale);
  const place = h("p", { class: "cv-place" });
  const also = (name, address) =>
    safe(address) ? h("p", {}, h("span", ui, name), " ", link(address, {}, address)) : null;
  const node = h(
    "div",
    { class: "cv cv-ended", part: "message", lang: locale, dir: direction(locale) },
    h("p", { role: "status" }, h("strong", ui, title), detail ? ` ${detail}` : null),
    helpOf(Array.isArray(help) && help.length ? help : CAVEAT.help[words.locale]),
    also(`${words.instead}:`, replacement),
    also(`${words.original}:`, original),
    place,
  );
  return { node, place };
}

function helpOf(entries) {
  const entry = ({ label, phrase, actions: found }) =>
    h("li", {}, h("strong", {}, label), `: ${phrase}`, actions(found ?? []));
  return h("ul", { class: "cv-help" }, entries.map(entry));
}
