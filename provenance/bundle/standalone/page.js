// --- the page ---------------------------------------------------------------------------------------------------------------------------

const at = (id) => document.getElementById(id);
const state = { lang: /^zh/i.test(navigator.language) ? "zh" : "en", input: null, roots: [], authorities: [], witnesses: [], unread: "", shown: null, turn: 0 };
const words = (key) => BAKED.words[key][state.lang];
/* Untrusted text with every control, direction and unassigned character as a code: nothing in it may deceive the eye. */
const visible = (text) => String(text).replace(/[\p{C}\u2028\u2029]/gu, (char) => `\\u{${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}}`);
const fill = (text, params) => text.replace(/\{(\w+)\}/g, (_, name) => visible(params[name] ?? "?"));
const groups = (print) => print.match(/.{1,4}/g).join(" "); // as it is read out on the telephone

function element(tag, content = "", name = "") { // content: text, which stays text, or elements
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (Array.isArray(content)) made.append(...content); else made.textContent = content;
  return made;
}
const row = (title, ...content) => element("div", [element("dt", title), ...content.map((item) => element("dd", [item]))]);
const plain = (text, name = "") => element("bdi", visible(text), name);

function steps(check) {
  return element("ol", check.steps.map((step) => {
    const mine = check.findings.filter((finding) => finding.step === step), bad = mine.some((finding) => BAKED.findings[finding.code].severity !== "note");
    const mark = bad ? "no" : check.undone.has(step) ? "undone" : "ok";
    const line = element("li", [element("span", words("mark." + mark), "mark " + mark), element("span", BAKED.steps[STEPS[step - 1]][state.lang])], mark);
    line.value = step;
    if (mine.length) line.append(findings(mine));
    return line;
  }), "steps");
}

function findings(list) {
  const most = 200, made = element("ul", list.slice(0, most).map(({ code, params }) => {
    const line = element("li", [element("code", code), " ", element("bdi", fill(BAKED.findings[code][state.lang], params))], BAKED.findings[code].severity);
    line.dataset.code = code;
    return line;
  }), "findings");
  if (list.length > most) made.append(element("li", fill(words("more"), { count: list.length - most })));
  return made;
}

function facts(check) {
  const { about, head } = check, none = () => plain(words("none")), made = element("dl");
  if (about) {
    made.append(row(words("title"), plain(about.title)), row(words("made"), plain(`${about.made_at} · ${words("clock")}`)), row(words("software"), plain(about.software)));
  }
  if (head) made.append(row(words("ledger"), plain(head.origin)), row(words("snapshot"), plain(fill(words("entries"), { count: head.size }))));
  const shown = [...check.shown.values()].reduce((sum, values) => sum + values.size, 0);
  made.append(row(words("shown"), plain(fill(words("counts"), { entries: check.entries.size, fields: shown, pictures: about?.pictures.length ?? 0, files: check.names.size }))));
  made.append(row(words("withheld"), ...(about && allWithheld(about).length ? [plain(allWithheld(about).join(", "), "names")] : [none()])));
  return made;
}

function signer(check) {
  const made = [];
  if (check.fingerprint) made.push(element("p", words("signer.say")), element("p", groups(check.fingerprint), "print"));
  if (check.author) made.push(element("p", words("author.say")), element("p", groups(check.author), "print"));
  return made.length ? made : [element("p", words("none"))];
}

function timesOf(check) {
  if (!check.anchors.length) return [element("p", words("times.none"))];
  return [element("ul", check.anchors.map((anchor) => element("li", [
    element("strong", anchor.time), " ", plain(anchor.authority), element("br"),
    fill(words("times.covers"), { last: anchor.size - 1n }), element("br"), element("small", "root SHA-256 " + groups(anchor.root)),
  ])), "times")];
}

function witnessesOf(check) {
  return [element("ul", check.witnessed.map((one) => element("li", [
    element("strong", one.time), " ", plain(one.name), element("br"),
    fill(words("witnesses.saw"), { last: one.size - 1n, under: one.under, shown: check.entries.size }), element("br"), element("small", visible(one.vkey)),
  ])), "times")];
}

function limits(word, check) {
  const keys = ["limit.true", "limit.who", "limit.other", word === "ANCHORED" ? "limit.latest" : "limit.when", ...(check.witnessed.length ? ["limit.witness"] : [])];
  return [element("ul", keys.map((key) => element("li", words(key))))];
}

function show() {
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  document.title = words("page");
  for (const item of document.querySelectorAll("[data-word]")) item.textContent = words(item.dataset.word);
  at("lang").textContent = state.lang === "zh" ? "English" : "中文";
  const result = at("result"), { shown } = state, part = (title, content) => element("section", [element("h2", words(title)), ...content]);
  result.replaceChildren();
  at("trusted").textContent = [...[...state.roots, ...state.authorities].map((one) => one.name()), ...state.witnesses.map((one) => one.name)].map(visible).join(" · ");
  at("unread").textContent = state.unread ? fill(words("trust.unread"), { text: state.unread }) : "";
  if (!shown) return;
  const { word, check } = shown, beside = [check?.witnessed.length && "WITNESSED", check?.identified && "IDENTIFIED"].filter(Boolean);
  const added = ["ANCHORED", "INTEGRITY ONLY"].includes(word) ? beside.map((one) => " + " + one).join("") : "";
  const verdict = element("p", state.lang === "zh" ? `${words("word." + word)}${added}` : word + added, "verdict");
  const box = element("div", [verdict, element("p", BAKED.verdicts[word]?.[state.lang] ?? words("unreadable")), element("p", visible(shown.name), "file")], "box " + word.split(" ")[0]);
  box.id = "verdict";
  box.dataset.verdict = word;
  result.append(box);
  if (shown.findings) result.append(part("refused", [findings(shown.findings)]));
  if (shown.why) result.append(part("refused", [element("p", visible(shown.why))]));
  if (!check) return;
  result.append(part("steps", [steps(check)]), part("contents", [facts(check)]), part("signer", signer(check)));
  if (word !== "FAILED") result.append(part("times", timesOf(check)));
  if (word !== "FAILED" && check.witnessed.length) result.append(part("witnesses", witnessesOf(check)));
  if (["ANCHORED", "INTEGRITY ONLY"].includes(word)) result.append(part("limits", limits(word, check)));
}

async function verify() { // the newest input only: what an earlier turn finds out late is dropped
  const { input } = state, expected = at("expected").value.replace(/\s/g, "").toLowerCase();
  if (!input) return;
  const turn = ++state.turn;
  const progress = (done, total) => { if (turn === state.turn) at("progress").value = total ? done / total : 1; };
  document.body.dataset.state = "busy";
  at("progress").hidden = false;
  let shown;
  try {
    demand(crypto.subtle, "B000");
    const files = input.zip ? await Zip.open(input.zip) : new Folder(input.rows);
    const check = await new Check(files, { expected, roots: state.roots, authorities: state.authorities, witnesses: state.witnesses }, progress).run();
    shown = { word: check.word, check };
  } catch (error) {
    if (error instanceof Refused) shown = { word: "REFUSED", findings: [{ code: error.code, params: error.params }] };
    else shown = { word: "UNREADABLE", why: error.message }; // nothing was found out: that is no verdict
  }
  if (turn !== state.turn) return;
  state.shown = { ...shown, name: input.name };
  at("progress").hidden = true;
  show();
  document.body.dataset.state = "done";
  document.body.dataset.turn = String(turn);
}

async function trustFiles(files, list) {
  for (const file of [...files]) list.push(...certificates(await bytesOf(file)));
  show();
  await verify();
}

async function trustWitnesses(text) { // verifier keys, with blanks or newlines between; what is none is said
  const found = [], unread = [];
  for (const one of text.split(/\s+/).filter(Boolean)) {
    try { found.push(await witnessKey(one)); } catch { unread.push(one); }
  }
  Object.assign(state, { witnesses: found, unread: unread.join(" ") });
  show();
  await verify();
}

function take(rows) { // rows: [path, File], as picked or dropped. One folder, or one zip, or certificates
  const [path, file] = rows[0] ?? [];
  if (!file) return;
  const top = path.split("/")[0], below = rows.map(([name, one]) => [name.split("/").slice(1).join("/"), one]);
  if (path.includes("/")) state.input = { name: top, rows: below };
  else if (/\.(pem|crt|cer|der)$/i.test(path)) { trustFiles(rows.map((one) => one[1]), state.roots); return; }
  else state.input = { name: path, zip: file };
  verify();
}

async function dropped(items) { // a dropped folder is walked entry by entry
  const rows = [], enter = async (entry, path) => {
    if (entry.isFile) rows.push([path, await new Promise((good, bad) => entry.file(good, bad))]);
    for (const reader = entry.isDirectory && entry.createReader(); reader;) {
      const found = await new Promise((good, bad) => reader.readEntries(good, bad));
      if (!found.length) break;
      for (const one of found) await enter(one, `${path}/${one.name}`);
    }
  };
  for (const entry of [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean)) await enter(entry, entry.name);
  take(rows);
}

at("zip").addEventListener("change", (event) => take([...event.target.files].map((file) => [file.name, file])));
at("folder").addEventListener("change", (event) => take([...event.target.files].map((file) => [file.webkitRelativePath, file])));
at("roots").addEventListener("change", (event) => trustFiles(event.target.files, state.roots));
at("authorities").addEventListener("change", (event) => trustFiles(event.target.files, state.authorities));
at("expected").addEventListener("change", verify);
at("witnesses").addEventListener("change", (event) => trustWitnesses(event.target.value));
at("lang").addEventListener("click", () => { state.lang = state.lang === "zh" ? "en" : "zh"; show(); });
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    at("drop").classList.toggle("over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") dropped(event.dataTransfer.items);
  });
}
for (const input of document.querySelectorAll("input[type=file]")) input.addEventListener("click", () => { input.value = ""; });
show();
document.body.dataset.state = "ready";
