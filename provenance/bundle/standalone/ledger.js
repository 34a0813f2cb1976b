// --- canonical JSON (RFC 8785; no floats, integers below 2^53, depth at most 32) -----------------------------------------------------------

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function canonical(value, depth = 1) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") { need(!/\p{Cs}/u.test(value)); return JSON.stringify(value); }
  if (typeof value === "number") { need(Number.isSafeInteger(value)); return String(value); }
  need(depth <= 32 && typeof value === "object");
  if (Array.isArray(value)) return "[" + value.map((item) => canonical(item, depth + 1)).join() + "]";
  return "{" + Object.keys(value).sort().map((key) => canonical(key) + ":" + canonical(value[key], depth + 1)).join() + "}";
}

function parseJson(bytes) { // JSON.parse forgets duplicates, blanks and spellings of numbers: so the value is written again and compared
  const text = decode(bytes);
  const value = JSON.parse(text, (_, item) => isObject(item) ? Object.setPrototypeOf(item, null) : item);
  need(canonical(value) === text, "not in canonical form");
  return value;
}

// --- Ed25519 (RFC 8032 section 5.1): points are X, Y, Z, T with x = X/Z, y = Y/Z, x*y = T/Z ------------------------------------------------

const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (value, by = P) => { const rest = value % by; return rest < 0n ? rest + by : rest; };
const power = (base, exponent) => {
  let result = 1n;
  for (base = mod(base); exponent; exponent >>= 1n, base = base * base % P) if (exponent & 1n) result = result * base % P;
  return result;
};
const D = mod(-121665n * power(121666n, P - 2n));
const reversed = (bytes) => Uint8Array.from(bytes).reverse();

function plus([x1, y1, z1, t1], [x2, y2, z2, t2]) { // section 5.1.4; the formula is complete, so it doubles too
  const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2)), c = mod(2n * t1 * t2 * D), z = mod(2n * z1 * z2);
  const e = b - a, f = z - c, g = z + c, h = b + a;
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}
function times(count, point) {
  let result = [0n, 1n, 1n, 0n];
  for (; count; count >>= 1n, point = plus(point, point)) if (count & 1n) result = plus(result, point);
  return result;
}
function decompress(bytes) { // section 5.1.3. A y of P or more, or the sign bit on x = 0, is a second spelling and refused
  const whole = number(reversed(bytes)), sign = whole >> 255n, y = whole & (1n << 255n) - 1n;
  if (bytes.length !== 32 || y >= P) return null;
  const xx = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(xx, (P + 3n) / 8n);
  if (mod(x * x - xx)) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(x * x - xx) || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}
const BASE = decompress(fromHex("58" + "66".repeat(31)));

function weak(key) { // no point in its one spelling, or of small order (8A = 0): such a key "signs" many messages at once
  const point = decompress(key);
  if (!point) return true;
  const [x, y, z] = times(8n, point);
  return x === 0n && y === z;
}

async function ed25519(key, signature, message) { // RFC 8032 section 5.1.7 with S < L, without the cofactor; weak keys verify nothing
  const point = decompress(key), s = number(reversed(signature.slice(32)));
  if (!point || weak(key) || signature.length !== 64 || s >= L) return false;
  const k = mod(number(reversed(await hash("SHA-512", signature.slice(0, 32), key, message))), L);
  const [x, y, z] = plus(times(s, BASE), times(k, [P - point[0], point[1], 1n, P - point[3]])), inverse = power(z, P - 2n);
  const coded = mod(y * inverse) | (mod(x * inverse) & 1n) << 255n; // SB - kA must encode to the bytes of R
  const ours = equal(reversed(fromHex(coded.toString(16).padStart(64, "0"))), signature.slice(0, 32));
  return ours && await subtleAgrees("raw", key, { name: "Ed25519" }, signature, message) !== false;
}

async function subtleAgrees(form, key, algorithm, signature, message) { // the browser's own word; null where it does not know the algorithm
  let held;
  try { held = await crypto.subtle.importKey(form, key, algorithm, false, ["verify"]); } catch { return null; }
  return crypto.subtle.verify(algorithm, held, signature, message);
}

// --- signed notes, checkpoints, Merkle proofs (C2SP signed-note, tlog-checkpoint, tlog-proof; RFC 9162 section 2.1) --------------------------

const BLANK = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const keyName = (name) => name !== "" && !BLANK.test(name) && !/[\x00-\x1f+]/.test(name);
const keyId = async (name, key, type = 1) => (await sha256(utf8(name + "\n"), [type], key)).slice(0, 4);

function readNote(bytes) { // the text, and of each signature the name and the bytes (4 of the key's id, then the signature), unchecked
  const whole = decode(bytes), at = whole.lastIndexOf("\n\n"), lines = whole.slice(at + 2, -1).split("\n").map((line) => line.split(" "));
  need(at >= 0 && whole.endsWith("\n") && lines.length <= 100 && !/[\x00-\x09\x0b-\x1f]/.test(whole));
  need(lines.every((line) => line.length === 3 && line[0] === "\u2014" && keyName(line[1])));
  const signatures = lines.map((line) => [line[1], unbase64(line[2])]);
  need(signatures.every((row) => row[1].length >= 5));
  return [whole.slice(0, at + 1), signatures];
}

async function readVkey(text, type = 1) { // name and public key of a verifier key in its one spelling; "weak" for a key that proves nothing
  const [, name, id, coded] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? need(false), raw = unbase64(coded), key = raw.slice(1);
  need(keyName(name) && raw[0] === type && key.length === 32);
  need(!weak(key), "weak");
  need(hex(await keyId(name, key, type)) === id);
  return [name, key];
}
const fingerprint = async (vkey) => hex(await sha256((await readVkey(vkey))[1]));

async function signedText(note, vkey) { // the text of a signed note, and this key's signature: false where it is wrong, null where there is none
  const [text, signatures] = readNote(note), [name, key] = await readVkey(vkey), id = await keyId(name, key);
  const ours = signatures.filter(([by, raw]) => by === name && equal(raw.slice(0, 4), id)).map((row) => row[1].slice(4));
  return [text, ours.length ? await ed25519(key, ours[0], utf8(text)) && ours[0] : null];
}

const count63 = (text) => { need(/^(0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) < 1n << 63n); return BigInt(text); };
const hash32 = (text) => { const raw = unbase64(text); need(raw.length === 32); return raw; };

function readCheckpoint(text) { // origin, size (a BigInt) and root of a checkpoint's three lines
  const lines = text.split("\n");
  need(lines.length === 4 && lines[3] === "" && lines[0] !== "");
  return { origin: lines[0], size: count63(lines[1]), root: hash32(lines[2]) };
}

function readProof(bytes) { // index, path and checkpoint of a .tlog-proof; an extra line is legal in the format and has no place here
  const text = decode(bytes), gap = text.indexOf("\n\n");
  const match = /^c2sp\.org\/tlog-proof@v1\n(?:extra ([^\n]*)\n)?index (0|[1-9][0-9]{0,18})((?:\n[^\n]+)*)$/.exec(text.slice(0, Math.max(gap, 0)));
  const path = match[3].split("\n").slice(1).map(hash32);
  need(path.length <= 63 && (match[1] === undefined || unbase64(match[1])));
  return { index: count63(match[2]), path, note: match[1] === undefined ? utf8(text.slice(gap + 2)) : null };
}

async function climb(fn, sn, old, now, path) { // the walk that RFC 9162 describes twice: the hashes of both trees at its end
  for (const item of path) {
    if (sn === 0n) return [null, null]; // the path is too long
    if (fn & 1n || fn === sn) {
      [old, now] = [await sha256([1], item, old), await sha256([1], item, now)];
      while (!(fn & 1n) && fn) { fn >>= 1n; sn >>= 1n; }
    } else now = await sha256([1], now, item);
    fn >>= 1n; sn >>= 1n;
  }
  return sn === 0n ? [old, now] : [null, null];
}

async function included(index, size, leaf, path, root) { // section 2.1.3.2
  if (index >= size) return false;
  const found = (await climb(index, size - 1n, leaf, leaf, path))[1];
  return found !== null && equal(found, root);
}

async function consistent(size, later, path, old, now) { // section 2.1.4.2: the tree of `later` leaves begins with the tree of `size`
  if (size === later) return path.length === 0 && equal(old, now) && (size > 0n || equal(old, await sha256()));
  if (size <= 0n || size > later || !path.length) return false;
  const whole = size & (size - 1n) ? path : [old, ...path];
  let [fn, sn] = [size - 1n, later - 1n];
  while (fn & 1n) { fn >>= 1n; sn >>= 1n; }
  const [first, second] = await climb(fn, sn, whole[0], whole[0], whole.slice(1));
  return first !== null && equal(first, old) && equal(second, now);
}

