"use strict";
/* The verifier for a browser: the steps of docs/bundle-format.md section 4, with their codes and words. No network, nothing stored.
   To be read from top to bottom; check1 to check13 are the steps, as in verify.py. BAKED, the line above, holds the words and the
   fingerprints of time authorities' roots (findings.json, authorities.json). All text of a bundle reaches the page by textContent only. */

const MANIFEST = "manifest-sha256.txt", TAGMANIFEST = "tagmanifest-sha256.txt", SEAL = "seal.sig", BUNDLE = "data/bundle.json";
const CHECKPOINT = "proof/checkpoint.txt", BODY = "proof/checkpoint.body", SIGNATURE = "proof/checkpoint.sig";
const PEM = "proof/signer.pem", VKEY = "proof/signer.vkey", FIRST = "data/entries/00000000.json";
const AUTHOR = "author.sig", AUTHOR_PEM = "proof/author.pem", AUTHOR_CHAIN = "proof/author-chain.pem";
const REQUIRED = ["bagit.txt", "bag-info.txt", MANIFEST, TAGMANIFEST, SEAL, BUNDLE, CHECKPOINT, BODY, SIGNATURE, PEM, VKEY];
const DROPPINGS = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]); // left by file managers in a folder: noted, never read
const DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
const SMALL = 2 ** 16, LARGE = 2 ** 26, CHUNK = 2 ** 22; // no good file of its kind has more bytes; bytes read at a time
const STEPS = ["names", "hashes", "key", "seal", "snapshot", "entries", "proofs", "sealed", "contents", "first", "time", "author", "witness"];

class Refused extends Error { // not a bundle, or not one that can be opened without danger
  constructor(code, params = {}) { super(code); this.code = code; this.params = params; }
}
class Unreadable extends Error { } // the browser does not give us the bytes; nothing is known then
const demand = (good, code, params) => { if (!good) throw new Refused(code, params); };
const need = (good, why = "form") => { if (!good) throw new Error(why); }; // for readers: these bytes are not in the one form that is read
const whyOf = (error, otherwise) => error?.constructor === Error && error.message !== "form" ? error.message : otherwise; // as `need` was told

// --- bytes ----------------------------------------------------------------------------------------------------------------------------

const utf8 = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const ascii = (bytes) => { need(bytes.every((byte) => byte < 128)); return decode(bytes); };
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const binary = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const base64 = (bytes) => btoa(binary(bytes));
const number = (bytes) => bytes.length ? BigInt("0x" + hex(bytes)) : 0n; // big-endian, unsigned
const join = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
};
const unbase64 = (text) => { // standard base64 in its one spelling
  const raw = atob(text);
  need(btoa(raw) === text);
  return Uint8Array.from(raw, (char) => char.charCodeAt(0));
};
const hash = async (name, ...parts) => new Uint8Array(await crypto.subtle.digest(name, join(...parts)));
const sha256 = (...parts) => hash("SHA-256", ...parts);
const byCode = (a, b) => { // text by code points, as Python and `LC_ALL=C sort` do; JavaScript's own order is by UTF-16 units
  const [left, right] = [utf8(a), utf8(b)], at = left.findIndex((byte, place) => byte !== right[place]);
  return at < 0 ? left.length - right.length : (left[at] ?? -1) - (right[at] ?? -1);
};
const sorted = (items) => [...items].sort(byCode);
const pad8 = (seq) => String(seq).padStart(8, "0");

/* SHA-256 (FIPS 180-4) piece by piece: crypto.subtle wants a file whole, and a film does not fit in memory. */
class Sha256 {
  static K = Sha256.roots(64, 3);
  static roots(count, root) { // the first 32 bits of the fractions of the square or cube roots of the first primes
    const found = [];
    for (let n = 2; found.length < count; n++) {
      if ([...Array(n).keys()].slice(2).every((d) => n % d)) {
        const wanted = BigInt(n) << BigInt(32 * root);
        let low = 0n, high = BigInt(n) << 32n;
        while (low < high) { const mid = (low + high + 1n) / 2n; if (mid ** BigInt(root) <= wanted) low = mid; else high = mid - 1n; }
        found.push(Number(low & 0xffffffffn) | 0);
      }
    }
    return Int32Array.from(found);
  }
  constructor() { this.state = Sha256.roots(8, 2); this.rest = new Uint8Array(0); this.length = 0; this.words = new Int32Array(64); }
  update(bytes) {
    this.length += bytes.length;
    const data = this.rest.length ? join(this.rest, bytes) : bytes, view = new DataView(data.buffer, data.byteOffset, data.length);
    let at = 0;
    for (; at + 64 <= data.length; at += 64) this.block(view, at);
    this.rest = data.slice(at);
    return this;
  }
  block(view, at) {
    const w = this.words, s = this.state, k = Sha256.K;
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = (w[i - 16] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) + w[i - 7] + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10)) | 0;
    }
    let [a, b, c, d, e, f, g, h] = s;
    for (let i = 0; i < 64; i++) {
      const one = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + k[i] + w[i]) | 0;
      const two = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c)) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => { s[i] = (s[i] + value) | 0; });
  }
  digest() {
    const bits = this.length * 8, tail = new DataView(new ArrayBuffer(8));
    tail.setUint32(0, Math.floor(bits / 2 ** 32)); tail.setUint32(4, bits >>> 0);
    this.update(join([0x80], new Uint8Array((119 - this.length % 64) % 64), new Uint8Array(tail.buffer)));
    return join(...Array.from(this.state, (word) => [word >>> 24, word >>> 16 & 255, word >>> 8 & 255, word & 255]));
  }
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? n >>> 1 ^ 0xedb88320 : n >>> 1; return n; });
const crc32 = (bytes, crc) => { // as zlib.crc32; crc: of what came before
  crc = ~crc;
  for (const byte of bytes) crc = crc >>> 8 ^ CRC_TABLE[(crc ^ byte) & 255];
  return ~crc >>> 0;
};

