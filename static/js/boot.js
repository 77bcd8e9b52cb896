// Runs before anything is drawn: tells the stylesheet that scripts work, and takes that back if they fail to load.
(() => {
  const root = document.documentElement;
  const over = () => root.classList.remove("js-starting");
  root.classList.add("js", "js-starting");
  addEventListener("error", over, true);
  addEventListener("portal:ready", over);
  setTimeout(over, 4000);
})();
