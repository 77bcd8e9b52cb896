// Starts the design system's components, also in parts that htmx brings, and shows how far an upload has got.
// The components do nothing without this class, and may come from the browser's cache before the page is ready.
document.body.classList.add("govuk-frontend-supported");
const { initAll } = await import(document.querySelector("script[data-govuk]").dataset.govuk);

const start = (scope) => {
  initAll({ scope });
  for (const form of scope.querySelectorAll("form[data-upload]")) showProgress(form);
};

// Without this the form is an ordinary post. The answer to a good upload is a redirect, which we follow;
// a refused one comes back as the page with its errors, of which we show the main part.
function showProgress(form) {
  form.addEventListener("submit", (event) => {
    const box = form.querySelector("[data-progress]");
    const meter = box.querySelector("progress");
    const status = box.querySelector("[role=status]");
    const button = form.querySelector("button[type=submit]");
    const request = new XMLHttpRequest();
    let said = 0;
    event.preventDefault();
    box.hidden = false;
    button.disabled = true;
    request.upload.onprogress = (progress) => {
      const percent = Math.round((100 * progress.loaded) / progress.total);
      meter.value = percent;
      if (percent >= said + 25) {
        said = percent;
        status.textContent = `${percent}% sent`;
      }
    };
    request.onload = () => {
      const here = new URL(form.action || location.href, location.href).href;
      if (request.status < 400 && request.responseURL !== here) {
        location.assign(request.responseURL);
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = answer.querySelector("main");
      if (!main) {
        stopped();
        return;
      }
      document.title = answer.title;
      document.querySelector("main").replaceWith(main);
      start(main);
    };
    const stopped = () => {
      button.disabled = false;
      status.textContent = "The file was not sent. Check your connection and try again.";
    };
    request.onerror = stopped;
    request.open("POST", form.action || location.href);
    request.send(new FormData(form));
  });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
start(document);
dispatchEvent(new Event("portal:ready"));
document.addEventListener("htmx:afterSettle", (event) => start(event.target));

// A page that shows how far something is reloads itself at the end: never under somebody who is already on the way out.
const ON_THE_WAY_MS = 10_000;
let leftAt = -ON_THE_WAY_MS;
addEventListener("beforeunload", () => {
  leftAt = performance.now();
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (performance.now() - leftAt < ON_THE_WAY_MS) event.preventDefault();
});
