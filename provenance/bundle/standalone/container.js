// --- step 0: names that mean one and the same file on every system, and the two containers ---------------------------------------------

const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$/; // Windows takes such a name for a device
const fold = (text) => Array.from(text, (char) => char === "\u0131" ? char : // Unicode case folding, as far as equality goes
  Array.from(char.toLowerCase(), (low) => Array.from(low.toUpperCase(), (up) => up.toLowerCase()).join("")).join("")).join("");

function badName(name) { // why this name is refused; "" for a good one
  const parts = name.split("/");
  if (parts.some((part) => ["", ".", ".."].includes(part))) return "absolute, empty or climbing path";
  if (/[\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u.test(name)) return "reserved, control or direction character";
  if (parts.some((part) => /^ |[. ]$/.test(part))) return "dot or blank at an edge";
  if (parts.some((part) => DEVICE.test(fold(part.split(".")[0].trimEnd())))) return "device name";
  if (utf8(name).length > 240 || parts.length > 8) return "too long or too deep";
  return name.normalize("NFC") === name ? "" : "not in Unicode form NFC";
}

function checkNames(names) { // refuses bad names, and two that some file system takes for one; the folders above a file count too
  for (const name of names) demand(!badName(name), "Z008", { name, why: badName(name) });
  const folders = new Map(), files = new Set(), key = (path) => fold(path.normalize("NFC")).normalize("NFC");
  for (const name of names) {
    const parts = name.split("/");
    for (let count = 1; count < parts.length; count++) {
      const path = parts.slice(0, count).join("/"), folded = key(path);
      if (!folders.has(folded)) folders.set(folded, path);
      demand(folders.get(folded) === path && !files.has(folded), "Z009", { name });
    }
    demand(!files.has(key(name)) && !folders.has(key(name)), "Z009", { name });
    files.add(key(name));
  }
}

async function bytesOf(blob) {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw new Unreadable(error.message);
  }
}

class Folder { // an unpacked bundle. rows: [path below the folder, File]. A browser does not say what is a link: it follows or skips it
  constructor(rows) {
    this.blobs = new Map(rows);
    this.crcs = new Map();
    checkNames(sorted(rows.map((row) => row[0])));
  }
}

const FULL = 0xffffffff;
const little = (bytes, ...values) => { // values in so many bytes each, e.g. "244" -> 2, 4 and 4 bytes
  const view = new DataView(new ArrayBuffer([...bytes].reduce((sum, size) => sum + Number(size), 0)));
  let at = 0;
  values.forEach((value, i) => {
    if (bytes[i] === "2") view.setUint16(at, value, true); else if (bytes[i] === "4") view.setUint32(at, value, true); else view.setBigUint64(at, BigInt(value), true);
    at += Number(bytes[i]);
  });
  return new Uint8Array(view.buffer);
};

function headers(raw, size, crc, start) { // a file's own header and the directory's, byte for byte; section 2 of docs/bundle-format.md
  const sizes = size >= FULL ? little("88", size, size) : [], wide = join(sizes, start >= FULL ? little("8", start) : []);
  const [local, central] = [sizes, wide].map((field) => field.length ? join(little("22", 1, field.length), field) : []);
  const rest = [0x800, 0, 0, 33, crc, Math.min(size, FULL), Math.min(size, FULL), raw.length];
  const one = little("42222244422", 0x04034b50, local.length ? 45 : 20, ...rest, local.length);
  const version = central.length ? 45 : 20;
  const two = little("4222222444222" + "2244", 0x02014b50, 0x300 | version, version, ...rest, central.length, 0, 0, 0, 0o100644 * 65536, Math.min(start, FULL));
  return [join(one, raw, local), join(two, raw, central)];
}

class Zip { // a zip in the one spelling that a bundle has: each header is worked out from name, size, CRC-32 and place, and compared
  static async open(file) {
    const zip = new Zip(), [count, length, offset] = await Zip.end(file), members = [], places = new Map();
    const directory = await bytesOf(file.slice(offset, offset + length));
    for (let at = 0; at < directory.length;) {
      const member = Zip.member(directory, at);
      members.push(member);
      at = member.after;
    }
    demand(members.length === count, "Z001", { why: "the directory is damaged" });
    let place = 0;
    for (const { name, raw, size, crc, start } of members) {
      const header = headers(raw, size, crc, start)[0];
      demand(start === place, "Z006", { name });
      demand(place + header.length + size <= offset && equal(await bytesOf(file.slice(place, place + header.length)), header), "Z005", { name });
      places.set(name, place += header.length);
      place += size;
    }
    demand(place === offset, "Z006", { name: "" });
    checkNames(members.map((member) => member.name));
    const top = sorted(members.map((member) => member.name))[0]?.split("/")[0] + "/";
    demand(/^EVIDENCE-[^/]+\/$/.test(top) && members.every((member) => member.name.startsWith(top)), "Z010");
    const below = (name) => name.slice(top.length);
    zip.blobs = new Map(members.map(({ name, size }) => [below(name), file.slice(places.get(name), places.get(name) + size)]));
    zip.crcs = new Map(members.map(({ name, crc }) => [below(name), crc]));
    return zip;
  }

  static async end(file) { // count, length and offset of the directory; the zip64 records stand where a number needs them, nowhere else
    const tail = await bytesOf(file.slice(Math.max(0, file.size - 98))), view = new DataView(tail.buffer), at = tail.length - 22;
    const wrong = { why: "the end record does not fit the file" };
    demand(at >= 0 && view.getUint32(at, true) === 0x06054b50, "Z001", { why: "no end record at the end of the file" });
    let [count, length, offset] = [view.getUint16(at + 10, true), view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
    if (tail.length === 98 && view.getUint32(0, true) === 0x06064b50 && view.getUint32(56, true) === 0x07064b50) {
      [count, length, offset] = [32, 40, 48].map((place) => Number(view.getBigUint64(place, true)));
    }
    const wide = count >= 0xffff || Math.max(length, offset) >= FULL, short = Math.min(count, 0xffff);
    demand(offset + length < 2 ** 53, "Z001", wrong);
    const end = join(
      wide ? little("4822448888", 0x06064b50, 44, 0x32d, 45, 0, 0, count, count, length, offset) : [],
      wide ? little("4484", 0x07064b50, 0, offset + length, 1) : [],
      little("42222442", 0x06054b50, 0, 0, short, short, Math.min(length, FULL), Math.min(offset, FULL), 0));
    demand(equal(tail.slice(-end.length), end) && offset + length + end.length === file.size, "Z001", wrong);
    demand(length <= LARGE, "Z013", { name: "zip directory", most: LARGE });
    return [count, length, offset];
  }

  static member(data, at) { // the file whose directory header begins at `at`; `after`: where the next header begins
    const view = new DataView(data.buffer, at), two = (place) => view.getUint16(place, true), four = (place) => view.getUint32(place, true);
    demand(view.byteLength >= 46 && four(0) === 0x02014b50, "Z001", { why: "the directory is damaged" });
    const [n, extra, comment] = [28, 30, 32].map(two), after = at + 46 + n + extra + comment;
    const raw = data.slice(at + 46, at + 46 + n), field = new DataView(data.slice(at + 50 + n, at + 46 + n + extra).buffer), wide = [];
    for (let place = 0; place + 8 <= field.byteLength; place += 8) wide.push(Number(field.getBigUint64(place, true)));
    const size = four(24) === FULL && wide.length >= 2 ? wide[0] : four(24), start = four(42) === FULL && wide.length ? wide.at(-1) : four(42);
    let name;
    try { name = decode(raw); } catch { throw new Refused("Z008", { name: binary(raw), why: "not UTF-8" }); }
    if (!equal(data.slice(at, after), headers(raw, size, four(16), start)[1])) {
      const special = four(38) !== 0o100644 * 65536 || two(4) >> 8 !== 3;
      throw new Refused(two(10) || two(8) & 1 ? "Z002" : special ? "Z004" : extra || comment ? "Z003" : "Z007", { name });
    }
    return { name, raw, size, crc: four(16), start, after };
  }
}

