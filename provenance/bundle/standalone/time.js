// --- a third party's time: DER (X.690), signatures, certificates (RFC 5280), tokens (RFC 3161, 5652, 5816) -----------------------------------

const RSA = "2a864886f70d0101", EC = "2a8648ce3d", ED25519 = "2b6570"; // object identifiers as DER has them, in hex: 1.2.840.113549.1.1, 1.2.840.10045
const SHA256_OID = "608648016503040201";
const HASHES = { [SHA256_OID]: "SHA-256", "608648016503040202": "SHA-384", "608648016503040203": "SHA-512" };
const SIGNING = {
  [RSA + "0b"]: "SHA-256", [RSA + "0c"]: "SHA-384", [RSA + "0d"]: "SHA-512",
  [EC + "040302"]: "SHA-256", [EC + "040303"]: "SHA-384", [EC + "040304"]: "SHA-512", [ED25519]: "",
};
const [SIGNED_DATA, TST_INFO, CONTENT_TYPE, MESSAGE_DIGEST] = ["010702", "0109100104", "010903", "010904"].map((end) => RSA.slice(0, 12) + end);
const CERTIFICATE_V1 = RSA.slice(0, 12) + "010910020c", CERTIFICATE_V2 = RSA.slice(0, 12) + "010910022f"; // signingCertificate: RFC 2634, 5035
const BASIC = "551d13", USAGE = "551d0f", PURPOSE = "551d25", UNDERSTOOD = ["551d13", "551d0f", "551d25", "551d0e", "551d23", "551d20", "551d11"];
const TIME_STAMPING = "300a06082b06010505070308"; // this purpose alone (RFC 3161 section 2.3)
const CURVES = { "06082a8648ce3d030107": ["P-256", 32], "06052b81040022": ["P-384", 48], "06052b81040023": ["P-521", 66] };

class Der { // one value: its tag, its content, and the whole with tag and length
  constructor(tag, body, whole) { this.tag = tag; this.body = body; this.whole = whole; }
  take(tag) { need(this.tag === tag); return this.body; }
  each(tag = 0x30) { return readDer(this.take(tag)); }
  oid() { return this.tag === 0x30 ? this.each()[0].oid() : hex(this.take(6)); } // of an AlgorithmIdentifier, too
  number() {
    const body = this.take(2);
    need(body.length && !(body.length > 1 && (body[0] === 0 && body[1] < 128 || body[0] === 255 && body[1] > 127)));
    return body[0] > 127 ? number(body) - (1n << BigInt(8 * body.length)) : number(body);
  }
}

function readDer(data) { // the values that follow one another, with lengths in their one spelling and nothing after the last
  const found = [];
  for (let at = 0; at < data.length;) {
    const start = at;
    let size = data[at + 1];
    need(at + 1 < data.length);
    at += 2;
    if (size > 127) {
      const more = data.slice(at, at + size - 128);
      at += size - 128;
      size = Number(number(more));
      need(more.length > 0 && more.length <= 4 && more[0] && size > 127);
    }
    need((data[start] & 31) !== 31 && at + size <= data.length);
    found.push(new Der(data[start], data.slice(at, at + size), data.slice(start, at + size)));
    at += size;
  }
  return found;
}
const one = (data) => { const found = readDer(data); need(found.length === 1); return found[0]; };
function throughout(data, depth = 0) { // DER in every part, so that no two readers see two tokens
  need(depth < 64);
  for (const value of readDer(data)) if (value.tag & 32) throughout(value.body, depth + 1);
}

function realDate(text) { // whether YYYYMMDDHHMMSS is a moment of the calendar
  const [year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)?.slice(1).map(Number) ?? [0];
  const days = [31, year % 4 === 0 && (year % 100 || year % 400 === 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return year > 0 && day > 0 && day <= days && hour < 24 && minute < 60 && second < 60;
}

function moment(value) { // UTCTime or GeneralizedTime as digits that sort: YYYYMMDDHHMMSS, and a fraction where there is one
  let text = ascii(value.body);
  if (value.tag === 0x17) text = (text >= "5" ? "19" : "20") + text;
  need([0x17, 0x18].includes(value.tag) && /^[0-9]{14}(\.[0-9]*[1-9])?Z$/.test(text) && realDate(text.slice(0, 14)));
  return text.slice(0, -1);
}

async function signedBy(key, algorithm, name, message, signature) { // by the key in a SubjectPublicKeyInfo, by an algorithm that is known here
  const [kind, bits] = key.each();
  if (kind.oid() === ED25519) return algorithm === ED25519 && ed25519(bits.take(3).slice(1), signature, message);
  if (kind.oid() === RSA + "01" && algorithm.startsWith(RSA.slice(0, 10))) {
    const [n, e] = one(bits.take(3).slice(1)).each().map((value) => value.number()), size = n.toString(2).length;
    if (n < 0n || size < 2048 || size > 8192 || !(n & e & 1n) || e <= 2n || e >= 1n << 64n || signature.length !== Math.ceil(size / 8)) return false;
    return await subtleAgrees("spki", key.whole, { name: "RSASSA-PKCS1-v1_5", hash: name }, signature, message) === true;
  }
  const curve = CURVES[hex(kind.each().at(-1).whole)];
  if (kind.oid() !== EC + "0201" || !algorithm.startsWith(EC) || !curve) return false;
  const [r, s] = one(signature).each().map((value) => value.number()), [named, half] = curve;
  need(bits.take(3)[1] === 4 && bits.body.length === 2 + 2 * half && r > 0n && s > 0n);
  const raw = fromHex([r, s].map((value) => value.toString(16).padStart(2 * half, "0")).join(""));
  return await subtleAgrees("spki", key.whole, { name: "ECDSA", namedCurve: named, hash: name }, raw, message) === true;
}

class Certificate { // what a chain needs of an X.509 certificate (RFC 5280 section 4.1)
  constructor(whole) {
    const [body, algorithm, signature] = one(whole).each(), fields = body.each();
    if (fields[0].tag !== 0xa0) fields.unshift(null);
    const [, serial, inner, issuer, validity, subject, key, ...rest] = fields;
    need(equal(inner.whole, algorithm.whole) && signature.take(3)[0] === 0);
    Object.assign(this, { whole, key, serial: hex(serial.whole), issuer: hex(issuer.whole), subject: hex(subject.whole) });
    Object.assign(this, { id: hex(whole), body: body.whole, algorithm: algorithm.oid(), signature: signature.body.slice(1) });
    [this.since, this.until] = validity.each().map(moment);
    this.extensions = new Map();
    for (const field of rest.filter((item) => item.tag === 0xa3)) {
      for (const row of field.each(0xa3)[0].each().map((item) => item.each())) {
        need(!this.extensions.has(row[0].oid()));
        this.extensions.set(row[0].oid(), [row.length === 3 && hex(row[1].take(1)) === "ff", row.at(-1).take(4)]);
      }
    }
  }
  fit(at) { // whether it was valid then, and has no critical extension that is not understood here
    const now = at.slice(0, 14);
    return this.since <= now && now <= this.until && [...this.extensions].every(([name, [critical]]) => !critical || UNDERSTOOD.includes(name));
  }
  async issued(below, depth) { // whether this is a CA that may have `depth` CAs below it, and its key signed that certificate
    if (this.subject !== below.issuer || !(below.algorithm in SIGNING)) return false;
    try {
      const basic = one(this.extensions.get(BASIC)[1]).each(), usage = this.usage(4);
      const allowed = hex(basic[0].take(1)) === "ff" && usage & 4 && (basic.length === 1 || basic[1].number() >= BigInt(depth));
      return Boolean(allowed) && await signedBy(this.key, below.algorithm, SIGNING[below.algorithm], below.body, below.signature);
    } catch { return false; }
  }
  usage(without) { return this.extensions.has(USAGE) ? one(this.extensions.get(USAGE)[1]).take(3)[1] : without; }
  name(which = this.subject) { // the common name, untrusted text
    const parts = one(fromHex(which)).each().flatMap((part) => part.each(0x31)).map((part) => part.each());
    const found = parts.find((part) => part[0].oid() === "550403");
    return found ? new TextDecoder().decode(found[1].body).slice(0, 200) : "";
  }
}

async function chain(leaf, sent, trusted, at) { // the trusted root that the leaf leads to; what was sent along may stand between, no more
  let level = leaf.fit(at) ? [leaf] : [];
  const seen = new Set([leaf.id]);
  for (let depth = 0; depth < 8; depth++) {
    const above = [];
    for (const one of [...trusted, ...sent]) {
      for (const low of one.fit(at) ? level : []) if (!above.includes(one) && await one.issued(low, depth)) above.push(one);
    }
    const root = above.find((one) => trusted.some((known) => known.id === one.id));
    if (root) return root;
    level = above.filter((one) => !seen.has(one.id));
    level.forEach((one) => seen.add(one.id));
  }
  return null;
}

class Token { // a TimeStampResp (RFC 3161 section 2.4.2) that grants: one signer, who may sign time and whose certificate is in it
  constructor(answer) {
    throughout(answer);
    const [status, token] = one(answer).each(), [kind, content] = token.each();
    const [version, hashes, inner, sent, ...rest] = content.each(0xa0)[0].each(), [innerKind, wrapped] = inner.each(); // RFC 5652 section 5.1
    need(status.each()[0].number() === 0n && version.number() === 3n && kind.oid() === SIGNED_DATA && innerKind.oid() === TST_INFO);
    const signers = rest.at(-1).each(0x31), [, name, hashed, attributes, algorithm, signature] = signers[0].each();
    need(signers.length === 1 && hashes.each(0x31).some((item) => item.oid() === hashed.oid()));
    Object.assign(this, { hashed: hashed.oid(), algorithm: algorithm.oid(), signature: signature.take(4), attributes });
    this.certificates = sent.each(0xa0).filter((item) => item.tag === 0x30).map((item) => new Certificate(item.whole));
    const [issuer, serial] = name.each().map((item) => hex(item.whole));
    this.leaf = this.certificates.find((item) => item.issuer === issuer && item.serial === serial);
    const [critical, purpose] = this.leaf.extensions.get(PURPOSE);
    this.info = wrapped.each(0xa0)[0].take(4);
    throughout(this.info);
    const [infoVersion, , imprint, , time] = one(this.info).each();
    this.imprint = [imprint.each()[0].oid(), imprint.each()[1].take(4)];
    need(time.tag === 0x18 && critical && hex(purpose) === TIME_STAMPING && infoVersion.number() === 1n);
    this.time = moment(time);
  }
  text() { // the time as the ledger writes one: RFC 3339, UTC, six digits of the second; what is finer is cut off
    const t = this.time;
    return `${t.slice(0, 4)}-${t.slice(4, 6)}-${t.slice(6, 8)}T${t.slice(8, 10)}:${t.slice(10, 12)}:${t.slice(12, 14)}.${t.slice(15, 21).padEnd(6, "0")}Z`;
  }
  async wellSigned() { // by the leaf, over attributes that hold the digest of the statement and that of the leaf
    try {
      const rows = this.attributes.each(0xa0).map((row) => row.each()), values = new Map(rows.map(([oid, set]) => [oid.oid(), set.each(0x31)]));
      const name = HASHES[this.hashed], first = (oid) => values.get(oid)[0];
      need(name && values.size === rows.length && [...values.values()].every((set) => set.length === 1));
      need(first(CONTENT_TYPE).oid() === TST_INFO && equal(first(MESSAGE_DIGEST).take(4), await hash(name, this.info)));
      const named = [[CERTIFICATE_V2, "SHA-256"], [CERTIFICATE_V1, "SHA-1"]].filter(([oid]) => values.has(oid));
      for (const [oid, usual] of named) { // a list of lists; the first certificate in it must be the signer's
        const parts = first(oid).each()[0].each()[0].each(), said = parts[0].tag === 0x30;
        need(equal(parts[said ? 1 : 0].take(4), await hash(said ? HASHES[parts[0].oid()] : usual, this.leaf.whole)));
      }
      need(named.length && (this.algorithm === RSA + "01" || SIGNING[this.algorithm] === name));
      return await signedBy(this.leaf.key, this.algorithm, name, join([0x31], this.attributes.whole.slice(1)), this.signature);
    } catch { return false; }
  }
}

function certificates(bytes) { // those in a file, DER or PEM; what cannot be read is left out
  const blocks = [...binary(bytes).matchAll(/-BEGIN CERTIFICATE-----([^-]+)-----END/g)], found = [];
  for (const read of blocks.length ? blocks.map((block) => () => fromBase64(block[1])) : [() => bytes]) {
    try { found.push(new Certificate(read())); } catch { /* not one that could count */ }
  }
  return found;
}
const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const toPem = (what, der) => `-----BEGIN ${what}-----\n${base64(der).match(/.{1,64}/g).join("\n")}\n-----END ${what}-----\n`;

function readPublic(bytes) { // a person's public key in PEM, in its one spelling: Ed25519, P-256, P-384 or RSA
  const [, body] = /^-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----/.exec(ascii(bytes));
  const der = fromBase64(body.replace(/\s/g, "")), key = one(der), [kind, bits] = key.each();
  need(toPem("PUBLIC KEY", der) === ascii(bytes), "not in its one spelling");
  const curve = kind.oid() === EC + "0201" ? hex(kind.each()[1].whole) : "";
  if (kind.oid() === ED25519) {
    need(key.whole.length === 44 && !weak(bits.take(3).slice(1)), "small order");
    return { key, algorithm: "ed25519" };
  }
  if (kind.oid() === RSA + "01") {
    const [n, e] = one(bits.take(3).slice(1)).each().map((value) => value.number()), size = n.toString(2).length;
    need(n > 0n && size >= 2048 && size <= 8192 && e >= 65537n && e < 1n << 64n && n & e & 1n, `RSA of ${size} bits, exponent ${e}`);
    return { key, algorithm: "rsa" };
  }
  need(["P-256", "P-384"].includes(CURVES[curve]?.[0]), "not Ed25519, P-256, P-384 or RSA");
  return { key, algorithm: CURVES[curve][0] === "P-256" ? "ecdsa-p256" : "ecdsa-p384" };
}

async function proves({ key, algorithm }, message, signature) { // a person's signature: RSA and P-256 with SHA-256, P-384 with SHA-384
  try {
    const oid = { "ed25519": ED25519, "rsa": RSA.slice(0, 10) }[algorithm] ?? EC;
    return await signedBy(key, oid, algorithm === "ecdsa-p384" ? "SHA-384" : "SHA-256", message, signature);
  } catch { return false; }
}

