// Keeps what is being written, a moment after the last key and when the page is left. Without this there is a button.
const form = document.querySelector("form[data-draft]");
const text = form?.querySelector("textarea");
const status = form?.querySelector("[data-draft-status]");
let kept = text?.defaultValue; // not what stands there: on a slow line something is typed before this runs
let timer;
let sending = false;

const keep = async (leaving) => {
  clearTimeout(timer);
  if (!text || sending || text.value === kept) return;
  const now = text.value;
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.querySelector("input[name=csrfmiddlewaretoken]").value);
  body.set("text", now);
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive: leaving });
    if (!answer.ok) return;
    kept = now;
    if (!leaving) status.textContent = form.dataset.kept;
  } catch {
    timer = setTimeout(() => keep(false), 10000); // no connection: try again
  }
};

const later = () => {
  clearTimeout(timer);
  timer = setTimeout(() => keep(false), 1500);
};

text?.addEventListener("input", () => {
  status.textContent = "";
  later();
});
later();
form?.addEventListener("submit", () => {
  sending = true;
  clearTimeout(timer);
});
addEventListener("pagehide", () => keep(true));
