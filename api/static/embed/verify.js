// Verification: is this the edition that was signed, and the one that was asked for? Three outcomes:
// "verified"; "mismatch", and nothing of it may be shown; "unverified", where this browser cannot
// check a signature (no Ed25519, no secure context, no keys): then the SHA-256 alone is compared.

const DETACHED = /^([\w-]+)\.\.([\w-]+)$/; // a JWS without its payload (RFC 7515, appendix F)
// Codes that no country has, so a region may: an article for DE can be that of the EU, or of ZZ.
const REGIONS = /^(AA|EU|EZ|UN|Q[M-Z]|X[A-Z]|ZZ)$/;

async function examine(text, asked, keys, pins) {
  try {
    const edition = JSON.parse(text);
    await checkDigest(edition, text);
    if (!isAskedFor(edition, asked)) throw new TypeError("another edition");
    return { edition, outcome: await checkSignature(edition, keys, pins) };
  } catch {
    return { edition: null, outcome: "mismatch" };
  }
}

async function checkDigest(edition, text) {
  const { integrity, ...content } = edition;
  const members = Object.keys(integrity).sort().join();
  const digest = `sha256:${hex(await sha256(octetsOf(canonical(content))))}`;
  if (canonical(edition) !== text) throw new TypeError("not the canonical bytes");
  if (members !== "digest,jws,kid" || integrity.digest !== digest) throw new TypeError("digest");
}

// Whole, of the article, for the audience and channel, and of the place or of what contains it.
function isAskedFor(edition, asked) {
  const { audience, channel, jurisdiction } = edition.context;
  const is = (wanted, served) => wanted === null || wanted === served;
  return (
    !("fields" in edition || "section" in edition) &&
    is(asked.slug, edition.article.slug) &&
    is(asked.audience, audience) &&
    is(asked.channel, channel) &&
    isPlace(asked.jurisdiction?.toUpperCase() ?? null, jurisdiction.code)
  );
}

function isPlace(wanted, served) {
  if (wanted === null || wanted === served) return true;
  return wanted !== "001" && (wanted.startsWith(`${served}-`) || REGIONS.test(served));
}

async function checkSignature(edition, keys, pins) {
  const { jws, kid } = edition.integrity;
  if (pins.length && !pins.includes(kid)) throw new TypeError("not a pinned key");
  const [, header, signature] = DETACHED.exec(jws);
  const said = JSON.parse(new TextDecoder().decode(fromBase64url(header)));
  if (canonical(said) !== canonical({ alg: "Ed25519", kid })) throw new TypeError("header");
  const octets = fromBase64url(signature);
  if (!keys) return "unverified";
  const key = keys.find((one) => one.kid === kid);
  if ((await thumbprint(key)) !== kid) throw new TypeError("not the key of that name");
  const { integrity, ...content } = edition;
  const signed = octetsOf(`${header}.${base64url(octetsOf(canonical(content)))}`);
  return verifyEd25519(fromBase64url(key.x), octets, signed);
}

// RFC 7638: the name of a key is its digest, so a pin holds even if the key set is somebody else's.
async function thumbprint({ crv, kty, x }) {
  return base64url(await sha256(octetsOf(canonical({ crv, kty, x }))));
}

async function verifyEd25519(x, signature, signed) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return "unverified";
  let key;
  try {
    key = await subtle.importKey("raw", x, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") return "unverified";
    throw error;
  }
  if (!(await subtle.verify({ name: "Ed25519" }, key, signature, signed))) {
    throw new TypeError("signature");
  }
  return "verified";
}
