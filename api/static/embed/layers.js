// Layers: where each notice of an edition stands, as schemas/renditions/layers.py has it. Every doubt
// moves a notice earlier: an unknown level is an alert, an inline notice without its section leads.

function arrange(edition) {
  const kinds = (edition.sections ?? []).map((section) => section.kind);
  const at = (level, anchor = null) =>
    groups(edition, (notice) => {
      const place = placeOf(notice, kinds);
      return place.level === level && place.anchor === anchor;
    });
  const [alerts, leads] = gather(at("alert"), at("lead"));
  const inline = Object.fromEntries(kinds.map((kind) => [kind, at("inline", kind)]));
  return { alerts, leads, inline, foot: at("foot") };
}

function placeOf(notice, kinds) {
  const { level, anchor } = notice.display ?? {};
  if (level === "inline") {
    return kinds.includes(anchor) ? { level, anchor } : { level: "lead", anchor: null };
  }
  return { level: level === "lead" || level === "foot" ? level : "alert", anchor: null };
}

function isAlert(notice) {
  return placeOf(notice, []).level === "alert";
}

function groups(edition, belongs) {
  const wanted = edition.disclaimers.filter(belongs);
  return edition.notices
    .map(({ group, label, items }) => {
      const notices = items.flatMap((id) => wanted.filter((notice) => notice.id === id));
      return { name: group, label, notices };
    })
    .filter((group) => group.notices.length);
}

// The leads of the last alert's group move up to it, so that they share its heading.
function gather(alerts, leads) {
  const last = alerts.at(-1);
  if (!last) return [alerts, leads];
  const mine = leads.filter((group) => group.name === last.name).flatMap((group) => group.notices);
  const together = { ...last, notices: [...last.notices, ...mine] };
  return [[...alerts.slice(0, -1), together], leads.filter((group) => group.name !== last.name)];
}
