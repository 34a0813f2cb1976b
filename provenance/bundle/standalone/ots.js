// --- OpenTimestamps: from a digest to the roots of Bitcoin blocks (the format of python-opentimestamps 0.4.5) ---------------------------------

class Proof { // the bytes of a proof, read one after the other
  constructor(data) { this.data = data; this.at = 0; }
  take(count) { need(this.at + count <= this.data.length); this.at += count; return this.data.slice(this.at - count, this.at); }
  byte() { return this.take(1)[0]; }
  number() { // unsigned LEB128 of at most five bytes, in its shortest spelling
    for (let value = 0, place = 0; place < 5; place++) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** (7 * place);
      if (byte < 128) { need(byte || !place); return value; }
    }
    need(false);
  }
  some(most) { const count = this.number(); need(count <= most); return this.take(count); }
  left() { return this.at < this.data.length; }

  leaf(message) { // an attestation: the height of a Bitcoin block, whose root the message is then, or null
    const tag = hex(this.take(8)), inside = new Proof(this.some(8192));
    if (tag === "83dfe30d2ef90c8e") need(/^[A-Za-z0-9._/:-]*$/.test(binary(inside.some(1000))) && !inside.left()); // pending: a calendar's address
    if (tag !== "0588960d73d71901") return null;
    const height = inside.number();
    need(message.length === 32 && !inside.left());
    return height;
  }

  async step(tag, message) { // an operation; RIPEMD-160 (3) and Keccak-256 (103) are not computed, zeros stand for their results
    let result = null;
    if (tag === 0xf0 || tag === 0xf1) {
      const more = this.some(4096);
      need(more.length);
      result = tag === 0xf0 ? join(message, more) : join(more, message);
    } else if (tag === 8) result = await sha256(message);
    else if (tag === 2) result = await hash("SHA-1", message);
    else if (tag === 3) result = new Uint8Array(20);
    else if (tag === 103) result = new Uint8Array(32);
    else if (tag === 0xf2) result = message.slice().reverse();
    else if (tag === 0xf3) result = utf8(hex(message));
    need(result && result.length <= 4096);
    return result;
  }
}

async function proven(data, digest) { // [height, Merkle root with its last byte first] of each Bitcoin block, each once, lowest first
  const magic = join([0], utf8("OpenTimestamps"), [0, 0], utf8("Proof"), fromHex("00bf89e2e884e89294"), [1, 8], digest);
  const proof = new Proof(data), found = new Map(), waiting = [];
  need(equal(proof.take(magic.length), magic));
  let message = digest, depth = 0, computed = true;
  for (let count = 0; count < 2048; count++) {
    let tag = proof.byte();
    if (tag === 0xff) { waiting.push([message, depth, computed]); tag = proof.byte(); } // another branch starts here when this one has ended
    if (tag) {
      message = await proof.step(tag, message);
      computed = computed && tag !== 3 && tag !== 103;
      need(++depth < 256);
      continue;
    }
    const height = proof.leaf(message);
    if (height !== null && computed) found.set(`${height} ${hex(message)}`, [height, hex(message.slice().reverse())]);
    if (!waiting.length) {
      need(!proof.left());
      return [...found.values()].sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
    }
    [message, depth, computed] = waiting.pop();
  }
  need(false);
}
