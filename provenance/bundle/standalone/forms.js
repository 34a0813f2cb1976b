// --- the forms of entries, statements, disclosures and bundle.json -----------------------------------------------------------------------

const HEX64 = /^[0-9a-f]{64}$/, HEX32 = /^[0-9a-f]{32}$/, STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const KIND = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\/[1-9][0-9]{0,3}$/, LOG = /^[!#-*,\-.-[\]-~]{1,255}$/;
const PLACES = /^data\/(bundle\.json|(entries|disclosures)\/[0-9]{8,16}\.json|originals\/[0-9a-f]{16}\.[a-z0-9]{1,8}|blobs\/[0-9a-f]{64})$/;
const isText = (value, form) => typeof value === "string" && (!form || form.test(value));
const isStamp = (value) => isText(value, STAMP) && realDate(value.slice(0, 19).replace(/[-T:]/g, ""));
const isCount = (value) => typeof value === "number" && value >= 0;
const ascend = (values) => Array.isArray(values) && values.every((value, at) => isCount(value) && (at === 0 || value > values[at - 1]));

function readEntry(bytes) { // docs/ledger-format.md
  const entry = parseJson(bytes);
  need(isObject(entry) && Object.keys(entry).sort().join() === "at,kind,log,open,prev,salt,sealed,seq,v", "not exactly the keys of an entry");
  need(isStamp(entry.at) && isText(entry.kind, KIND) && isText(entry.log, LOG) && isText(entry.prev, HEX64) && isText(entry.salt, HEX32));
  need(isObject(entry.open) && isText(entry.open.class) && isObject(entry.sealed) && isCount(entry.seq) && entry.v === 1);
  for (const [name, digest] of Object.entries(entry.sealed)) need(/^[a-z][a-z0-9_]{0,63}$/.test(name) && !(name in entry.open) && isText(digest, HEX64));
  return entry;
}

async function readStatement(note) { // a change of the ledger's key (docs/ledger-format.md section 10): nine named values, signed by the keys
  const lines = note.split("\n\n")[0].split("\n"), said = {};
  for (const line of lines.slice(1)) { const at = line.indexOf(" "); need(at >= 0); said[line.slice(0, at)] = line.slice(at + 1); }
  need(lines[0] === "creative-provenance/key-statement/1" && Object.keys(said).join(" ") === "ledger event old new next size root time since");
  need(lines.length === 10 && /^(rotated|lost|revoked)$/.test(said.event) && HEX64.test(said.next) && /^(0|[1-9][0-9]{0,15})$/.test(said.size));
  need((said.time === "-" || isStamp(said.time)) && (said.since === "-" || isStamp(said.since)) && hash32(said.root));
  need((said.since !== "-") === (said.event === "revoked") && said.old !== said.new);
  const by = { old: (await signedText(utf8(note), said.old))[1], new: (await signedText(utf8(note), said.new))[1] };
  need(by.new && (by.old || (by.old === null && said.event !== "rotated")), "not signed by the keys that must sign");
  return said;
}

function readRows(bytes) { // the [salt, name, value] of a disclosure
  const rows = parseJson(bytes);
  need(Array.isArray(rows) && rows.every((row) => Array.isArray(row) && row.length === 3 && isText(row[0], HEX32) && isText(row[1])));
  return rows;
}

function readAbout(bytes) { // data/bundle.json; names that this version does not know are left to later ones
  const about = parseJson(bytes);
  need(isObject(about) && about.format === "prov-bundle/1" && ["log", "made_at", "software", "title"].every((name) => isText(about[name])));
  need(isObject(about.snapshot) && ascend(about.entries) && [about.pictures, about.models, about.withheld].every(Array.isArray));
  need(about.models.every(isObject) && about.withheld.every((name) => isText(name)));
  const at = about.withheld_at ?? {}, why = about.withheld_reasons ?? {};
  need(["withheld_at", "withheld_reasons"].every((name) => !(name in about) || isObject(about[name])) && Object.values(why).every((text) => isText(text)));
  for (const [seq, names] of Object.entries(at)) need(/^(0|[1-9][0-9]{0,15})$/.test(seq) && Array.isArray(names) && names.every((name) => isText(name)));
  for (const row of about.pictures) {
    need(isObject(row) && /^(chosen|ancestor|rejected|input)$/.test(row.role) && isText(row.media_type) && isText(row.sha256, HEX64) && ascend(row.entries));
    need(isText(row.file) || (row.file === null && isText(row.why_absent)));
    need((row.preview ?? null) === null || isText(row.preview, HEX64));
  }
  return about;
}

const withheldOf = (about, seq) => new Set([...about.withheld, ...(Object.hasOwn(about.withheld_at ?? {}, seq) ? about.withheld_at[seq] : [])]);
function allWithheld(about) { // as it is shown: names, then `name@entry`
  const rows = Object.entries(about.withheld_at ?? {}).sort((a, b) => Number(a[0]) - Number(b[0]));
  return [...about.withheld, ...rows.flatMap(([seq, names]) => names.map((name) => `${name}@${seq}`))];
}

function readConsistency(bytes) {
  const lines = ascii(bytes).split("\n");
  need(lines.pop() === "");
  return lines.map(hash32);
}

function* longTexts(value) { // every text of 64 characters in a value, however deep
  if (typeof value === "string" && value.length === 64) yield value;
  else if (typeof value === "object" && value !== null) for (const item of Object.values(value)) yield* longTexts(item);
}

function runs(numbers) { // 1, 2, 3, 7 -> "1-3, 7"
  const found = [];
  for (const n of numbers) if (found.length && found.at(-1)[1] === n - 1) found.at(-1)[1] = n; else found.push([n, n]);
  return found.map(([from, to]) => from === to ? String(from) : `${from}-${to}`).join(", ");
}

