// --- step 12, author: entries that a person's own key signed (seal/statement.py; keys: readPublic in time.js) --------------------------------

const SIGNED = "statement.signed/", NAMED = "author.named/";

async function signedEntry({ log, open }) { // the key of the signature in this entry, if it is good over what the entry says that it signs
  try {
    const { of, leaf, key, public_key, algorithm, signature } = open;
    need(isCount(of) && isText(leaf, HEX64) && isText(key) && isText(signature));
    const who = readPublic(utf8(toPem("PUBLIC KEY", unbase64(key)))), raw = unbase64(signature), print = hex(await sha256(who.key.whole));
    need(public_key === print && algorithm === who.algorithm);
    return await proves(who, utf8(`creative-provenance/statement/1\n${log}\n${of}\n${leaf}\n`), raw) ? { print, algorithm } : null;
  } catch { return null; }
}

async function statements(check) { // each: whether it is good, over that entry as it is here, by a key that is named here
  const named = [...check.entries.values()].filter((entry) => entry.kind.startsWith(NAMED)).map((entry) => entry.open.public_key);
  for (const [seq, entry] of check.ordered().filter((row) => row[1].kind.startsWith(SIGNED))) {
    const by = await signedEntry(entry), { of, leaf } = entry.open, here = by && check.entries.has(of);
    if (!by) check.found("A008", { seq });
    else if (here && hex(check.leaves.get(of)) !== leaf) check.found("A009", { seq, of });
    else {
      check.expect(here, "A010", { seq, of });
      check.expect(named.includes(by.print), "A011", { seq, fingerprint: by.print });
      if (here && named.includes(by.print)) check.found("A012", { seq, of, fingerprint: by.print, algorithm: by.algorithm });
    }
  }
}

