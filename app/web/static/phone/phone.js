// A basic phone: what it shows comes from the network alone.
const at = (id) => document.getElementById(id);
const [screen, entry, unread, note] = ["screen", "entry", "unread", "note"].map(at);
const code = document.body.dataset.code;
const SMS_MS = 2000;
const touch = matchMedia("(pointer: coarse)"); // there, focus would bring up a keyboard over ours
let number = document.querySelector(".number").dataset.number;
let session = null;
let busy = false;
let shown = "";
let seen = read();
let inboxOpen = false;
let messages = [];

async function ask(path, body, as = number) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    const answer = await fetch(`/phone/${encodeURIComponent(as)}/${path}`, options);
    return await answer.json();
  } catch {
    return { error: "Le réseau ne répond pas." };
  }
}

function read() {
  return Number(localStorage.getItem(`read:${number}`) ?? 0);
}

function focusEntry() {
  if (!touch.matches) entry.focus();
}

function show(words) {
  closeInbox();
  shown = words;
  screen.classList.remove("waiting");
  screen.textContent = words;
  screen.scrollTop = 0;
}

function idle() {
  session = null;
  show(`${number}\n\nAppelez ${code}`);
}

async function hop(path, body) {
  if (busy) return;
  busy = true;
  const mine = number;
  show("Patientez…");
  screen.classList.add("waiting");
  const answer = await ask(path, body);
  busy = false;
  // Another number was chosen while the network answered: nobody holds this call any more.
  if (mine !== number) {
    if (answer.more) ask("hangup", { session: answer.session }, mine);
    return;
  }
  session = answer.more ? answer.session : null;
  show(answer.error ?? (answer.screen || answer.warning || "…"));
  note.textContent = answer.screen && answer.warning ? answer.warning : "";
  entry.value = "";
  focusEntry();
}

function send() {
  const typed = entry.value.trim();
  if (session) hop("entries", { session, text: typed });
  else hop("dial", { string: typed.startsWith("*") ? typed : code });
}

async function hangUp() {
  if (busy) return;
  if (session) await ask("hangup", { session });
  entry.value = "";
  idle();
}

function press(key) {
  entry.value += key;
  focusEntry();
}

function light(key, down) {
  for (const button of document.querySelectorAll("[data-key]")) if (button.dataset.key === key) button.classList.toggle("down", down);
}

async function fetchMessages() {
  const mine = number;
  const found = await ask("messages");
  if (mine !== number || !Array.isArray(found)) return;
  const news = found.length !== messages.length; // a screen reader says again whatever is drawn again
  messages = found;
  seen = Math.min(seen, messages.length);
  if (inboxOpen && news) openInbox();
  const waiting = messages.length - seen;
  unread.hidden = waiting === 0;
  unread.textContent = waiting;
}

function openInbox() {
  inboxOpen = true;
  unread.hidden = true;
  at("inbox").setAttribute("aria-expanded", "true");
  screen.replaceChildren(...(messages.length ? messages.toReversed().map(article) : ["Aucun SMS."]));
  seen = messages.length;
  localStorage.setItem(`read:${number}`, seen);
}

function closeInbox() {
  inboxOpen = false;
  at("inbox").setAttribute("aria-expanded", "false");
}

function article(message) {
  const made = document.createElement("article");
  const when = document.createElement("time");
  when.textContent = `${message.from} · ${message.at.slice(11, 16)}`;
  made.append(when, message.text);
  return made;
}

function take(chosen) {
  if (session) ask("hangup", { session });
  number = chosen;
  seen = read();
  messages = [];
  for (const button of document.querySelectorAll(".number")) button.setAttribute("aria-pressed", String(button.dataset.number === number));
  idle();
  fetchMessages();
  screen.scrollIntoView({ block: "nearest" });
  if (touch.matches) screen.focus({ preventScroll: true });
  else focusEntry();
}

at("answer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
at("call").addEventListener("click", () => { if (!session) send(); });
at("end").addEventListener("click", hangUp);
at("cancel").addEventListener("click", hangUp);
at("erase").addEventListener("click", () => { entry.value = entry.value.slice(0, -1); });
at("inbox").addEventListener("click", () => (inboxOpen ? show(shown) : openInbox()));
for (const key of document.querySelectorAll("[data-key]")) key.addEventListener("click", () => press(key.dataset.key));
for (const button of document.querySelectorAll(".number")) button.addEventListener("click", () => take(button.dataset.number));
/** Reads a number as people write it: `77 123 45 67`, `00221…`, `+221…`; null when it is none. */
function readNumber(typed) {
  const plain = typed.replace(/[ .()-]/g, "").replace(/^00/, "+").replace(/^(?=\d{9}$)/, "+221").replace(/^(?=221\d{9}$)/, "+");
  return /^\+\d{7,15}$/.test(plain) ? plain : null;
}

at("number").addEventListener("input", () => at("number").setCustomValidity(""));
at("other").addEventListener("submit", (event) => {
  event.preventDefault();
  const meant = readNumber(at("number").value);
  if (meant) return take(meant);
  at("number").setCustomValidity("Un numéro, svp, par exemple 77 000 00 13");
  at("number").reportValidity();
});
at("text").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await ask("sms", { text: at("sms").value });
  note.textContent = answer.error ?? "SMS envoyé.";
  if (!answer.error) at("sms").value = "";
});
entry.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hangUp();
  light(event.key, true);
});
entry.addEventListener("keyup", (event) => light(event.key, false));
function tick() {
  at("clock").textContent = new Date().toTimeString().slice(0, 5);
}

tick();
setInterval(tick, 1000);
setInterval(fetchMessages, SMS_MS);
idle();
fetchMessages();
