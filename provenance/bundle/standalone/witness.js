// --- step 13, witness: other people's words under heads of this ledger (C2SP tlog-cosignature v1, Ed25519) ----------------------------------

const OWN_KEYS = { "ledger.opened/": ["public_key", "next_key"], "key.rotated/": ["old_key", "new_key", "next_key"], "key.revoked/": ["old_key", "new_key", "next_key"], "author.named/": ["public_key"] };

async function witnessKey(text) { // a witness's verifier key: its name, key id, public key, and the text itself
  const [name, key] = await readVkey(text, 4);
  return { vkey: text, name, key, id: await keyId(name, key, 4) };
}

async function timeSaid(by, [name, raw], text) { // seconds since 1970; null where the line is not this witness's word over this note's text
  const time = number(raw.slice(4, 12));
  if (name !== by.name || !equal(raw.slice(0, 4), by.id) || raw.length !== 76 || time > 253402300799n) return null;
  return await ed25519(by.key, raw.slice(12), utf8(`cosignature/v1\ntime ${time}\n${text}`)) ? Number(time) : null;
}
const stampOf = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", ".000000Z");

async function witnesses(check) { // each cosigned head is a beginning of the snapshot; whose word it is, and whether that is somebody else
  if (!check.head) return false;
  const known = check.named(/^proof\/witnessed-([1-9][0-9]{0,15})\.txt$/).map((match) => match[1]), own = await ownKeys(check);
  for (const [name, digits] of check.named(/^proof\/witnessed-([1-9][0-9]{0,15})\.consistency$/)) {
    check.expect(known.includes(digits) || check.missing.has(`proof/witnessed-${digits}.txt`), "W002", { name });
  }
  for (const digits of known.sort((a, b) => Number(b) - Number(a))) {
    const head = await cosignedHead(check, `proof/witnessed-${digits}`, BigInt(digits));
    for (const line of head?.lines ?? []) await cosigned(check, head, line, own);
    if (head) await toldOf(check, head);
  }
  const [largest] = check.witnessed, later = check.ordered().map((row) => row[0]).filter((seq) => largest && BigInt(seq) >= largest.size);
  check.expect(!check.trust.witnesses.length || largest, "W007");
  if (later.length) check.found("W008", { entries: runs(later), size: largest.size });
}

async function ownKeys(check) { // fingerprints of the keys of the ledger and its author: whoever holds one of these is no other person
  const own = new Set([hex(await sha256(check.key))]), pem = check.files.blobs.get(AUTHOR_PEM);
  for (const { kind, open } of check.entries.values()) {
    for (const [prefix, fields] of Object.entries(OWN_KEYS)) if (kind.startsWith(prefix)) for (const field of fields) own.add(open[field]);
  }
  try { own.add(hex(await sha256(readPublic(await bytesOf(pem.slice(0, SMALL + 1))).key.whole))); } catch { /* none, or one that step 12 speaks of */ }
  return own;
}

async function cosignedHead(check, stem, size) { // a head of this ledger, signed by its key first, and the beginning of what the snapshot covers
  const name = stem + ".txt", note = await check.take(name), vkey = check.keyAt(size);
  if (!note) return null;
  let head = null, signatures = [];
  try {
    head = await check.opened(note, vkey);
    const [owner, key] = await readVkey(vkey), [first] = signatures = readNote(note)[1];
    need(head.size === size && first[0] === owner && equal(first[1].slice(0, 4), await keyId(owner, key)));
  } catch { check.found("W002", { name }); return null; }
  const proof = await check.take(stem + ".consistency");
  let path = null;
  try { path = proof && readConsistency(proof); } catch { /* W003 */ }
  if (!path || !await consistent(size, check.head.size, path, head.root, check.head.root)) {
    check.expect(!proof && check.missing.has(stem + ".consistency"), "W003", { name });
    return null;
  }
  const [first, ...lines] = signatures, own = utf8(`${head.text}\n${signatureLine(first)}`);
  return { name, size, text: head.text, own, lines };
}
const signatureLine = ([name, raw]) => `\u2014 ${name} ${base64(raw)}\n`;

async function cosigned(check, { name, size, text }, line, own) { // one line under a head
  const params = { name, witness: line[0], key_id: hex(line[1].slice(0, 4)) };
  const mine = check.trust.witnesses.filter((one) => one.name === line[0] && equal(one.id, line[1].slice(0, 4)));
  if (!mine.length) { check.found("W001", params); return; }
  for (const by of mine) {
    const at = await timeSaid(by, line, text);
    if (at === null) continue;
    const prints = [await sha256(by.key), await sha256(fromHex("302a300506032b6570032100"), by.key)].map(hex);
    if (prints.some((print) => own.has(print))) { check.found("W006", params); return; }
    const under = [...check.entries.keys()].filter((seq) => BigInt(seq) < size).length;
    check.witnessed.push({ file: name, size, time: stampOf(at), name: by.name, vkey: by.vkey, under });
    return;
  }
  check.found("W004", params);
}

async function toldOf(check, { name, size, text, own, lines }) { // what the ledger says of these lines
  const known = new Map(), covers = hex(await sha256(own));
  for (const line of lines) known.set(hex(await sha256(own, utf8(signatureLine(line)))), line);
  for (const [seq, { kind, open }] of check.ordered()) {
    const line = kind.startsWith("head.witnessed/") && known.get(open.cosigned);
    if (!line) continue;
    let at = null;
    try { at = await timeSaid(await witnessKey(open.vkey), line, text); } catch { /* no key of a witness */ }
    const same = at !== null && open.witness === line[0] && open.key_id === hex(line[1].slice(0, 4));
    check.expect(same && open.size === Number(size) && open.covers === covers && open.time === stampOf(at), "W005", { seq, name });
  }
}

