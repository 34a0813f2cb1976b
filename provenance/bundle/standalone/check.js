// --- the procedure ----------------------------------------------------------------------------------------------------------------------

/* One verification over files: {blobs: name -> Blob, crcs: name -> CRC-32 that a zip states}. trust: {expected: a fingerprint or "", roots,
   authorities: Certificates, witnesses: keys of `witnessKey`}. A step that lacks a part that it needs returns false. progress(done, total) in bytes. */
class Check {
  constructor(files, trust, progress = () => {}) {
    Object.assign(this, { files, trust, progress, step: 0, findings: [], undone: new Set(), listed: new Map(), missing: new Set(), hashes: new Map() });
    Object.assign(this, { entries: new Map(), leaves: new Map(), shown: new Map(), key: null, vkey: "", head: null, checkpoint: null, about: null });
    Object.assign(this, { anchors: [], reigns: [], author: null, identified: false, witnessed: [] });
    this.names = new Set([...files.blobs.keys()].filter((name) => !DROPPINGS.has(name.split("/").at(-1)) || files.crcs.has(name)));
  }

  async run() {
    demand(this.files.blobs.has("bagit.txt") || this.files.blobs.has(BUNDLE), "B000");
    const seen = this.trust.witnesses.length || [...this.files.blobs.keys()].some((name) => /^proof\/witnessed-[1-9][0-9]{0,15}\.(txt|consistency)$/.test(name));
    this.steps = STEPS.map((_, index) => index + 1).filter((step) => step < 13 || seen);
    for (this.step of [...this.steps]) {
      if (this.step === 12 && !this.signed()) this.steps.splice(this.steps.indexOf(12), 1);
      else if (await this["check" + this.step]() === false) this.undone.add(this.step);
    }
    const worst = new Set(this.findings.map((finding) => BAKED.findings[finding.code].severity));
    this.word = worst.has("fail") ? "FAILED" : worst.has("missing") || this.undone.size ? "INCOMPLETE" : this.anchors.length ? "ANCHORED" : "INTEGRITY ONLY";
    return this;
  }

  signed() { // whether the author's own key signed anything here, or a part of it is there
    const parts = [AUTHOR, AUTHOR_PEM, AUTHOR_CHAIN].some((name) => this.files.blobs.has(name));
    return parts || [...this.entries.values()].some((entry) => entry.kind.startsWith(SIGNED));
  }

  found(code, params = {}, step = this.step) { this.findings.push({ step, code, params }); }
  expect(good, code, params) { if (!good) this.found(code, params); }
  here(name) { return this.names.has(name) || this.missing.has(name); } // what is listed and absent was said once, as B004
  named(pattern) { return sorted(this.names).map((name) => pattern.exec(name)).filter(Boolean); }
  ordered() { return [...this.entries].sort((a, b) => a[0] - b[0]); }

  async take(name, most = SMALL) { // a small file's bytes, null where it is not there or too large
    const blob = this.files.blobs.get(name);
    if (blob && blob.size > most) this.found("Z013", { name, most });
    return blob && blob.size <= most ? bytesOf(blob) : null;
  }

  async read(name, reader, code, params = { name }, most = SMALL) { // the same through its reader; null, and the code, where it is in another form
    const bytes = await this.take(name, most);
    try {
      return bytes && await reader(bytes);
    } catch (error) {
      const why = "why" in params ? { why: whyOf(error, params.why) } : {};
      this.found(code, "why" in params || "line" in params ? { ...params, ...why, ...(error.told ?? {}) } : params);
      return null;
    }
  }

  // step 1, names: the bag is whole
  async check1() {
    for (const name of sorted(this.files.blobs.keys())) this.expect(this.names.has(name), "B007", { name });
    const declared = await this.take("bagit.txt");
    this.expect(!declared || binary(declared) === DECLARATION, "B001");
    for (const manifest of [MANIFEST, TAGMANIFEST]) {
      const payload = manifest === MANIFEST, outside = payload ? [] : [TAGMANIFEST, SEAL, AUTHOR];
      const rows = await this.read(manifest, (bytes) => Check.manifest(bytes, payload), "B002", { name: manifest, line: "-" }, LARGE);
      if (!rows) continue;
      for (const name of sorted(this.names)) this.expect(name.startsWith("data/") !== payload || rows.has(name) || outside.includes(name), "B003", { name });
      for (const [name, digest] of rows) this.listed.set(name, digest);
    }
    this.missing = new Set([...this.listed.keys()].filter((name) => !this.names.has(name)));
    for (const name of sorted(this.missing)) this.found("B004", { name });
    const pair = [AUTHOR, AUTHOR_PEM, AUTHOR_CHAIN].some((name) => this.here(name)) ? [AUTHOR, AUTHOR_PEM] : [];
    for (const name of [...REQUIRED, ...pair]) this.expect(this.here(name), "B005", { name });
    const oxum = await this.read("bag-info.txt", Check.bagInfo, "B006", { line: "-" });
    const sizes = [...this.names].filter((name) => name.startsWith("data/")).map((name) => this.files.blobs.get(name).size);
    const counted = `${sizes.reduce((sum, size) => sum + size, 0)}.${sizes.length}`;
    const partial = oxum === null || [...this.missing].some((name) => name.startsWith("data/"));
    this.expect(partial || oxum === counted, "B006", { line: `Payload-Oxum: ${oxum}` });
  }

  static manifest(bytes, payload) { // RFC 8493 section 2.1.3, as `sha256sum` writes it: hash, two blanks, name; sorted; CR, LF and % encoded
    const lines = decode(bytes).split("\n"), rows = new Map();
    need(lines.pop() === "");
    let last = null;
    for (const line of lines) {
      const match = /^([0-9a-f]{64}) {2}([^ \r][^\r]*)$/.exec(line);
      if (!match || /%(?!25|0D|0A)/.test(match[2])) throw Object.assign(new Error(), { told: { line: line.slice(0, 80) } });
      const name = match[2].replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%25", "%");
      if (name.startsWith("data/") !== payload || [TAGMANIFEST, SEAL, AUTHOR].includes(name)) throw Object.assign(new Error(), { told: { line: name } });
      need(last === null || byCode(last, name) < 0);
      rows.set(last = name, match[1]);
    }
    return rows;
  }

  static bagInfo(bytes) { // the Payload-Oxum, "" where none is stated
    const lines = decode(bytes).split("\n"), rows = new Map();
    need(lines.pop() === "");
    for (const line of lines) {
      const match = /^([A-Za-z0-9-]+): (.+)$/s.exec(line);
      const good = match && !rows.has(match[1]) && !BLANK.test(match[2][0]) && !BLANK.test(match[2].at(-1));
      if (!good) throw Object.assign(new Error(), { told: { line: line.slice(0, 80) } });
      rows.set(match[1], match[2]);
    }
    return rows.get("Payload-Oxum") ?? "";
  }

  // step 2, hashes: every file is read, whatever its size
  async check2() {
    const names = sorted(this.names), total = names.reduce((sum, name) => sum + this.files.blobs.get(name).size, 0);
    let done = 0;
    for (const name of names) {
      const blob = this.files.blobs.get(name), large = blob.size > LARGE ? new Sha256() : null, stated = this.files.crcs.get(name);
      let crc = 0, digest = null;
      for (let at = 0; at === 0 || at < blob.size; at += large ? CHUNK : LARGE) {
        const bytes = await bytesOf(blob.slice(at, at + (large ? CHUNK : LARGE)));
        if (stated !== undefined) crc = crc32(bytes, crc);
        if (large) large.update(bytes); else digest = await sha256(bytes);
        this.progress(done += bytes.length, total);
      }
      this.hashes.set(name, hex(digest ?? large.digest()));
      if ((this.listed.get(name) ?? this.hashes.get(name)) !== this.hashes.get(name)) this.found("F001", { name });
      else this.expect(stated === undefined || stated === crc, "Z012", { name });
    }
  }

  // step 3, key: one Ed25519 key, neither of small order nor oddly encoded
  async check3() {
    const pem = await this.take(PEM), vkey = await this.take(VKEY);
    if (!pem || !vkey) return false;
    try {
      const text = ascii(vkey);
      this.vkey = text.replace(/\n$/, "");
      this.key = (await readVkey(this.vkey))[1];
      this.expect(text === this.vkey + "\n", "K001", { name: VKEY });
    } catch (error) {
      if (error.message === "weak") this.found("K003"); else this.found("K001", { name: VKEY });
      return false;
    }
    // RFC 8410 section 4: SubjectPublicKeyInfo of an Ed25519 key is these twelve bytes and the key
    const body = base64(join(fromHex("302a300506032b6570032100"), this.key)), match = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/]{59}=)\n-----END PUBLIC KEY-----\n$/.exec(binary(pem));
    if (match) this.expect(match[1] === body, "K002"); else this.found("K001", { name: PEM });
    this.fingerprint = hex(await sha256(this.key));
  }

  // step 4, seal: the key signed the list
  async check4() {
    const seal = await this.take(SEAL), manifest = await this.take(TAGMANIFEST, LARGE);
    if (!this.key || !seal || !manifest) return false;
    this.expect(await ed25519(this.key, seal, manifest), "S001");
  }

  async opened(bytes, vkey) { // a head that this key signed, its text and signature. The error's message is the code for another
    let text, signature = null, head;
    try { [text, signature] = await signedText(bytes, vkey); } catch { throw new Error("S002"); }
    if (!signature) throw new Error("S003");
    try { head = readCheckpoint(text); } catch { throw new Error("S002"); }
    need(head.origin === vkey.split("+")[0], "S002");
    return { ...head, text, signature };
  }

  // step 5, snapshot: the key signed the ledger's state
  async check5() {
    this.checkpoint = await this.take(CHECKPOINT);
    if (!this.checkpoint || !this.key) return false;
    try { this.head = await this.opened(this.checkpoint, this.vkey); } catch (error) { this.found(error.message); return false; }
    for (const [name, part] of [[BODY, utf8(this.head.text)], [SIGNATURE, this.head.signature]]) {
      const bytes = await this.take(name);
      this.expect(!bytes || equal(bytes, part), "S004", { name });
    }
  }

  // step 6, entries: canonical, in form, of this ledger, within the snapshot
  async check6() {
    for (const [name, digits] of this.named(/^data\/entries\/([0-9]{8,16})\.json$/)) {
      const entry = await this.read(name, readEntry, "E001", { name, why: "a value that an entry does not have" }, 65535);
      if (!entry) continue;
      if (digits !== pad8(entry.seq)) { this.found("E002", { name, seq: entry.seq }); continue; }
      this.expect(!this.head || entry.log === this.head.origin, "E003", { name, log: entry.log });
      this.expect(!this.head || BigInt(entry.seq) < this.head.size, "E004", { name, size: this.head?.size });
      this.entries.set(entry.seq, entry);
      this.leaves.set(entry.seq, await sha256([0], utf8(canonical(entry))));
    }
  }

  // step 7, proofs: each entry is in the tree; neighbours are linked by `prev`
  async check7() {
    for (const [seq, entry] of this.ordered()) {
      const before = seq === 0 ? new Uint8Array(32) : this.leaves.get(seq - 1), name = `proof/${pad8(seq)}.tlog-proof`;
      this.expect(!before || entry.prev === hex(before), "E005", { seq });
      this.expect(this.here(name), "B005", { name });
      const proof = this.head && await this.read(name, readProof, "P001");
      if (!proof) continue;
      this.expect(proof.note && equal(proof.note, this.checkpoint), "P002", { name });
      const good = proof.index === BigInt(seq) && await included(BigInt(seq), this.head.size, this.leaves.get(seq), proof.path, this.head.root);
      this.expect(good, "P003", { name });
    }
    for (const [name, digits] of this.named(/^proof\/([0-9]{8,16})\.tlog-proof$/)) this.expect(this.here(`data/entries/${digits}.json`), "P004", { name });
    return this.head !== null;
  }

  // step 8, sealed: each disclosed value opens a commitment of its entry, once
  async check8() {
    for (const [name, digits] of this.named(/^data\/disclosures\/([0-9]{8,16})\.json$/)) {
      const rows = await this.read(name, readRows, "D001", { name }, LARGE), entry = this.entries.get(Number(digits));
      if (!rows) continue;
      if (digits !== pad8(BigInt(digits))) this.found("D001", { name });
      else if (!entry || pad8(entry.seq) !== digits) this.expect(this.here(`data/entries/${digits}.json`), "D005", { name });
      else {
        const values = new Map();
        this.shown.set(entry.seq, values);
        for (const row of rows) {
          const [, field, value] = row, sealed = entry.sealed[field];
          const code = sealed === undefined ? "D002" : hex(await sha256(utf8(canonical(row)))) !== sealed ? "D003" : values.has(field) ? "D004" : "";
          if (code) this.found(code, { name, field }); else values.set(field, value);
        }
      }
    }
  }

  // step 9, contents: files are the bytes they are named by; bundle.json agrees with all that is here and all that is withheld
  async check9() {
    const said = new Set([...this.entries.values()].flatMap((entry) => [...longTexts(entry.open)]));
    for (const values of this.shown.values()) for (const text of longTexts([...values.values()])) said.add(text);
    const whole = ![...this.missing].some((name) => /^data\/(entries|disclosures)\//.test(name));
    for (const name of sorted(this.names).filter((item) => item.startsWith("data/"))) {
      const stem = name.split("/").at(-1).split(".")[0], blob = name.startsWith("data/blobs/");
      if (!PLACES.test(name)) this.found("F005", { name });
      else if ((blob || name.startsWith("data/originals/")) && !this.hashes.get(name).startsWith(stem)) this.found("F002", { name });
      else this.expect(!blob || !whole || said.has(stem), "F004", { name });
    }
    const about = this.about = await this.read(BUNDLE, readAbout, "M001", {}, LARGE);
    if (!about) return this.names.has(BUNDLE);
    if (this.head) {
      const { size, root } = about.snapshot, same = size === Number(this.head.size) && root === base64(this.head.root);
      this.expect(about.log === this.head.origin && same && Object.keys(about.snapshot).length === 2, "M006");
    }
    this.lists(about);
    for (const [seq, entry] of this.ordered()) { // each sealed field is shown or withheld, and never both
      if (this.missing.has(`data/disclosures/${pad8(seq)}.json`)) continue;
      const shown = this.shown.get(seq) ?? new Map(), withheld = withheldOf(about, seq);
      for (const field of sorted(shown.keys())) this.expect(!withheld.has(field), "M004", { seq, field });
      for (const field of sorted(Object.keys(entry.sealed))) this.expect(shown.has(field) || withheld.has(field), "M005", { seq, field });
    }
  }

  lists(about) { // bundle.json against the entries and pictures that are here
    const file = (seq) => `data/entries/${pad8(seq)}.json`, listed = new Set(about.entries.map(file));
    const astray = new Set([...listed].filter((name) => !this.here(name)));
    for (const name of this.names) if (name.startsWith("data/entries/") && !listed.has(name)) astray.add(name);
    for (const name of about.pictures.flatMap((row) => row.entries.map(file))) if (!listed.has(name)) astray.add(name);
    for (const name of sorted(astray)) this.found("M002", { name });
    for (const row of about.pictures) {
      const wanted = [row.file, row.preview ? "data/blobs/" + row.preview : null].filter((name) => (name ?? null) !== null);
      if (wanted.some((name) => !this.here(name)) || (row.file !== null && !row.file.startsWith("data/originals/"))) this.found("M003", { name: row.sha256 });
      else this.expect(!this.hashes.has(row.file) || this.hashes.get(row.file) === row.sha256, "F002", { name: row.file });
      const entries = row.entries.map((seq) => this.entries.get(seq));
      this.expect(entries.some((entry) => !entry) || entries.some((entry) => entry.open.sha256 === row.sha256), "F003", { name: row.sha256 });
    }
    const files = new Set(about.pictures.map((row) => row.file));
    for (const name of sorted(this.names)) this.expect(!name.startsWith("data/originals/") || files.has(name), "M003", { name });
  }

  // step 10, first: entry 0 names this key, or one from which signed changes of key lead to it
  async check10() {
    const entry = this.entries.get(0);
    if (!entry || !entry.kind.startsWith("ledger.opened/")) this.expect(!entry && this.here(FIRST), "K005");
    else {
      try {
        const { vkey, public_key, next_key = "" } = entry.open;
        need(isText(vkey) && public_key === await fingerprint(vkey) && (next_key === "" || isText(next_key, HEX64)));
        await this.follow(vkey, next_key);
        need(!this.key || this.vkey === this.keyAt(this.head ? this.head.size : 1n << 63n));
      } catch { this.found("K006"); }
    }
    if (this.key && this.trust.expected) { // K004 belongs to step 3, and can be told only now
      const led = this.reigns.some((reign) => reign[1] === this.vkey) ? this.reigns.map((reign) => reign[1]) : [];
      const good = [this.fingerprint, ...await Promise.all(led.map(fingerprint))].includes(this.trust.expected);
      if (!good) this.found("K004", { expected: this.trust.expected, found: this.fingerprint }, 3);
    }
    return entry !== undefined;
  }

  async follow(vkey, committed) { // the ledger's keys after its first: each entry that changes it carries a statement that the keys signed
    this.reigns = [[-1n, vkey]];
    for (const [seq, { kind, open }] of this.ordered().filter(([, entry]) => /^key\.(rotated|revoked)\//.test(entry.kind))) {
      let said;
      try {
        said = await readStatement(isText(open.statement) ? open.statement : "");
        const [after, old] = this.reigns.at(-1), size = BigInt(said.size), event = said.event, since = said.since === "-" ? "" : said.since;
        need(said.ledger === old.split("+")[0] && said.ledger === said.new.split("+")[0] && said.old === old, "the old key is not the ledger's");
        need(this.reigns.every((reign) => reign[1] !== said.new) && after < size && size > 0n && size <= BigInt(seq), "at a number of entries that does not fit");
        need(kind === (event === "revoked" ? "key.revoked/1" : "key.rotated/1") && ("event" in open ? open.event : "revoked") === event, "the entry says otherwise than its statement");
        need(open.old_key === await fingerprint(old) && open.new_key === await fingerprint(said.new) && open.next_key === said.next, "the entry says otherwise than its statement");
        need(("since" in open ? open.since : "") === since, "the entry says otherwise than its statement");
        need(!committed || await fingerprint(said.new) === committed, "not the key that was committed to");
        need(committed || event === "rotated", "nothing before it commits to the new key");
      } catch (error) {
        this.found("K007", { seq, why: whyOf(error, "its statement is in another form") });
        return; // whoever comes after a key that never reigned does not reign either
      }
      this.expect(committed, "K008", { seq });
      if (said.event === "lost") this.found("K009", { seq });
      if (said.event === "revoked") this.found("K010", { seq, since: said.since, counted: isCount(open.counted) ? open.counted : 0 });
      this.reigns.push([BigInt(seq), said.new]);
      committed = said.next;
    }
  }

  keyAt(size) { return this.reigns.findLast((reign) => reign[0] < size)?.[1] ?? this.vkey; } // whose signature counts under such a head

  // step 11, time: heads of this ledger that a time authority stamped
  async check11() {
    if (this.head) {
      const known = this.named(/^proof\/anchor-([1-9][0-9]{0,15})\.txt$/).map((match) => match[1]);
      for (const [name, digits] of this.named(/^proof\/anchor-([1-9][0-9]{0,15})(?:\.consistency|\.ots|-[1-9][0-9]{0,3}\.tsr)$/)) {
        this.expect(known.includes(digits) || this.missing.has(`proof/anchor-${digits}.txt`), "T002", { name });
      }
      for (const digits of known.sort((a, b) => Number(b) - Number(a))) await this.anchor(`proof/anchor-${digits}`, BigInt(digits));
    }
    this.expect(this.anchors.length, "T001");
    const size = this.anchors.map((anchor) => anchor.size).reduce((most, one) => one > most ? one : most, 0n);
    const later = this.ordered().map((row) => row[0]).filter((seq) => BigInt(seq) >= size);
    this.expect(!this.anchors.length || !later.length, "T009", { entries: runs(later), size });
  }

  async anchor(stem, size) { // one stamped head: this ledger's, and the beginning of what the snapshot covers; then the tokens over it
    const note = await this.take(stem + ".txt"), name = stem + ".txt";
    if (!note) return;
    let head = null;
    try { head = await this.opened(note, this.keyAt(size)); } catch { /* T002 */ }
    if (!head || head.size !== size) { this.found("T002", { name }); return; }
    const proof = await this.take(stem + ".consistency");
    let path = null;
    try { path = proof && readConsistency(proof); } catch { /* T003 */ }
    if (!path || !await consistent(size, this.head.size, path, head.root, this.head.root)) {
      this.expect(!proof && this.missing.has(stem + ".consistency"), "T003", { name });
      return;
    }
    const covers = await sha256(note);
    await this.proof(stem + ".ots", covers, size);
    for (const [file] of this.named(new RegExp(`^${stem}-[1-9][0-9]{0,3}\\.tsr$`))) {
      const token = await this.read(file, (bytes) => new Token(bytes), "T004");
      if (!token) continue;
      if (token.imprint[0] !== SHA256_OID || !equal(token.imprint[1], covers)) this.found("T005", { name: file });
      else if (!await token.wellSigned()) this.found("T006", { name: file });
      else await this.token(file, token, size, hex(covers));
    }
  }

  async proof(name, covers, size) { // an OpenTimestamps proof over the head: the blocks it names, which are compared with nothing here
    const blocks = await this.read(name, (bytes) => proven(bytes, covers), "T012");
    if (!blocks) return;
    for (const [block, root] of blocks) this.found("T011", { name, block, root });
    this.expect(blocks.length, "T013", { name });
    for (const [seq, { kind, open }] of this.ordered()) {
      if (!kind.startsWith("time.committed/") || open.covers !== hex(covers)) continue;
      const same = blocks.some(([block, root]) => open.block === block && open.merkle_root === root);
      this.expect(same && open.size === Number(size), "T008", { seq, name });
    }
  }

  async token(name, token, size, covers) { // a sound token: what the ledger says of it, and whether it leads to a root that is trusted here
    for (const [seq, { kind, open }] of this.ordered()) {
      if (!kind.startsWith("time.attested/") || open.token !== this.hashes.get(name)) continue;
      this.expect(open.time === token.text() && open.covers === covers && open.size === Number(size), "T008", { seq, name });
    }
    const pinned = [];
    for (const one of token.certificates) if (hex(await sha256(one.whole)) in BAKED.pinned && one !== token.leaf) pinned.push(one);
    const root = await chain(token.leaf, token.certificates, [...this.trust.roots, ...pinned], token.time), authority = token.leaf.name();
    if (!root) this.found("T007", { name, authority, time: token.text() });
    else this.anchors.push({ name, size, time: token.text(), authority, root: hex(await sha256(root.whole)) });
  }

  // step 12, author: only where the author's own key signed, too
  async check12() {
    await this.signedList();
    await statements(this);
  }

  async signedList() { // the author's signature over the list of files
    const who = await this.read(AUTHOR_PEM, readPublic, "A001", { why: "not a public key in PEM" }), handed = await this.take(AUTHOR_CHAIN);
    const signature = await this.take(AUTHOR), manifest = await this.take(TAGMANIFEST, LARGE);
    if (!who || !signature || !manifest) return;
    const print = hex(await sha256(who.key.whole)), { algorithm } = who;
    const named = [...this.entries.values()].some(({ kind, open }) => kind.startsWith(NAMED) && open.public_key === print);
    if (!await proves(who, manifest, signature)) { this.found("A002"); return; }
    if (!named) { this.found("A003", { fingerprint: print }); return; }
    this.author = print;
    this.found("A004", { fingerprint: print, algorithm });
    if (handed) await this.identity(who, handed);
  }

  async identity(who, handed) { // valid when the bundle was made, as its author's clock says
    const found = certificates(handed), [leaf] = found, told = leaf && { name: leaf.name(), issuer: leaf.name(leaf.issuer) };
    const whole = found.map((one) => toPem("CERTIFICATE", one.whole)).join("") === binary(handed);
    const others = "the first one is not for the author's key, or the file is not in its one form";
    const wrong = !leaf ? "not certificates in PEM or DER" : found.length > 8 ? "too many certificates" : !whole || !equal(leaf.key.whole, who.key.whole) ? others : "";
    if (wrong) { this.found("A005", { why: wrong }); return; }
    const at = this.about?.made_at ?? "", digits = at.replace(/[^0-9]/g, "").slice(0, 14);
    const signs = (leaf.usage(0x80) & 0xc0) !== 0, valid = leaf.since <= digits && digits <= leaf.until;
    this.identified = signs && await chain(leaf, found.slice(1), this.trust.authorities, digits) !== null;
    const why = !this.trust.authorities.length ? "no authority was named as trusted" : !signs ? "the certificate is not for signing"
      : !valid ? "a certificate was not valid then" : "it leads to no certificate that is trusted";
    if (this.identified) this.found("A007", { ...told, at }); else this.found("A006", { ...told, why });
  }

  // step 13, witness: only where somebody cosigned a head, or a witness is trusted
  async check13() { return witnesses(this); }
}

