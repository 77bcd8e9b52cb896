// A class of entries read with the keyboard: J and K move, V, T and X choose. Keys typed into a box are only typed.
const form = document.querySelector("[data-queue]");
const entries = form ? [...form.querySelectorAll("[data-entry]")] : [];
const KEYS = { v: "validate", t: "talk", x: "" };
let at = -1;

const go = (to) => {
  at = Math.max(0, Math.min(entries.length - 1, to));
  entries[at].querySelector("input[type=radio]:checked").focus();
  entries[at].scrollIntoView({ block: "nearest" });
};

document.addEventListener("keydown", (event) => {
  if (!entries.length || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("textarea, select, input:not([type=radio])")) return;
  const inside = entries.findIndex((entry) => entry.contains(event.target));
  if (inside >= 0) at = inside;
  const key = event.key.toLowerCase();
  if (key === "j") go(at + 1);
  else if (key === "k") go(at - 1);
  else if (key in KEYS && at >= 0) {
    entries[at].querySelector(`input[value="${KEYS[key]}"]`).checked = true;
    if (key === "t") entries[at].querySelector("textarea").focus();
    else go(at + 1);
  } else return;
  event.preventDefault();
});
const keys = document.querySelector("[data-keys]");
if (keys) keys.hidden = false;
