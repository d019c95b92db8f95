// Nodes are made one by one, never from a string of markup: that is safe under Trusted Types, and
// nothing that stands in an edition can become an element.

const SAFE = /^(?:https?:\/\/[^\s"'<>\\^`{|}\x00-\x1f\x7f]+|tel:\+?[0-9-]+|sms:\+?[0-9]+)$/i;

// An element with its attributes (null leaves one out) and its children (text, nodes, lists).
function h(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

// An address that may be a link (http, https, tel, sms), else null.
function safe(address) {
  return address && SAFE.test(address) ? address : null;
}

function link(address, attributes, ...children) {
  return safe(address) ? h("a", { href: address, ...attributes }, ...children) : children;
}

function doiAddress(name) {
  const escaped = encodeURIComponent(name).replace(/%(2F|3A|3B)/g, decodeURIComponent);
  const hexed = (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return `https://doi.org/${escaped.replace(/[!*']/g, hexed)}`;
}

// What a label does not say itself: the number to call, or the host of a link.
function number({ label, value }) {
  const web = /^https?:\/\/(?:[^/?#@]*@)?([^/:?#]+)/i.exec(value);
  if (web) return label.includes(web[1].toLowerCase()) ? null : web[1].toLowerCase();
  const shown = value.slice(value.indexOf(":") + 1);
  const digits = (text) => text.replace(/\D/g, "");
  return digits(label).includes(digits(shown)) ? null : shown;
}

function direction(locale) {
  return CAVEAT.rightToLeft.includes(locale.split("-")[0]) ? "rtl" : "ltr";
}

// Our own words in a locale, and how to mark them where they are in another one.
function speech(locale) {
  const language = locale.split("-")[0];
  const words = CAVEAT.words[language] ?? CAVEAT.words.en;
  return { words, ui: words.locale === language ? {} : { lang: words.locale, dir: "ltr" } };
}
