// Asks two minutes before a sign-in ends whether anybody is there. Another tab may have been busy, so the portal knows.
const dialog = document.querySelector("dialog.session-ending");
const WARN = 120;
let shown = false;

const left = async () => {
  const answer = await fetch(dialog.dataset.left, { headers: { Accept: "application/json" } });
  return answer.ok ? (await answer.json()).seconds : 0;
};
const look = async () => {
  let seconds;
  try {
    seconds = await left();
  } catch {
    return wait(60); // no connection: nothing can be said now
  }
  if (seconds > WARN + 5) {
    if (shown) close();
    return wait(seconds - WARN);
  }
  show(seconds <= 0);
  if (seconds > 0) wait(Math.min(seconds + 1, 30));
};
// A timer of more than 24 days would go off at once.
const wait = (seconds) => setTimeout(look, Math.min(seconds, 86400) * 1000);
const show = (over) => {
  dialog.querySelector("[data-soon]").hidden = over;
  dialog.querySelector("[data-over]").hidden = !over;
  dialog.querySelector("[data-stay-button]").hidden = over;
  dialog.querySelector("[data-close-button]").hidden = !over;
  if (!dialog.open) dialog.showModal();
  shown = true;
};
const close = () => {
  dialog.close();
  shown = false;
};

dialog.querySelector("[data-stay-button]").addEventListener("click", async () => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  close();
  await fetch(dialog.dataset.stay, { method: "POST", headers: { "X-CSRFToken": token } });
  look();
});
dialog.querySelector("[data-close-button]").addEventListener("click", close);
wait(Number(dialog.dataset.seconds) - WARN);
