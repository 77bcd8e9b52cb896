// Keeps what is being written while it is written, and says so. Without this the form has a button for it.
const status = document.querySelector("[data-kept]");
const form = document.querySelector("main form[method=post]:has([name=draft])");
let timer;
let written = "";
let running = false;

const body = () => {
  const data = new FormData(form);
  data.append("entry", status.dataset.entry);
  data.append("course", status.dataset.course);
  return data;
};
const answers = (of) => new URLSearchParams([...new FormData(of)].filter(([name]) => name !== "csrfmiddlewaretoken")).toString();
const typed = () => answers(form);
// What the page came with: on a slow line something is typed before this runs, and the browser fills in what was there.
const served = () => {
  const copy = form.cloneNode(true);
  copy.reset();
  return answers(copy);
};
const keep = async () => {
  if (running || typed() === written) return;
  running = true;
  const now = typed();
  try {
    const answer = await fetch(status.dataset.saveUrl, { method: "POST", body: body(), headers: { Accept: "application/json" } });
    if (!answer.ok && answer.status !== 409) throw new Error(answer.status);
    status.textContent = (await answer.json()).words;
    written = now;
    if (typed() !== now) later(); // typed while the last was on its way
  } catch {
    status.textContent = status.dataset.lost;
    timer = setTimeout(keep, 10000);
  }
  running = false;
};

const later = () => {
  clearTimeout(timer);
  timer = setTimeout(keep, 1500);
};

if (form && status) {
  written = served();
  form.addEventListener("input", later);
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) keep();
  });
  later();
}
