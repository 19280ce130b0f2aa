// Filters by state, and keys to go from item to item.  Without it the page is whole; it takes nothing from the page but classes.
"use strict";
(() => {
  const items = [...document.querySelectorAll(".item")];
  const filters = document.querySelector(".filters");
  const buttons = filters ? [...filters.querySelectorAll("button")] : [];
  const fits = (item, state) => state === "all" || (state === "waits" ? item.hasAttribute("data-waits") : item.classList.contains(state));

  const choose = (button) => {
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    for (const item of items) item.hidden = !fits(item, button.value);
  };
  if (filters) filters.hidden = false;
  for (const button of buttons) button.addEventListener("click", () => choose(button));

  const go = (step, wanted) => {
    const seen = items.filter((item) => !item.hidden && wanted(item));
    const at = seen.indexOf(document.activeElement);
    if (!seen.length) return;
    const here = items.indexOf(document.activeElement);
    let next = at >= 0 ? seen[at + step] : undefined;
    if (at < 0) {
      const behind = seen.filter((item) => items.indexOf(item) > here);
      const before = seen.filter((item) => items.indexOf(item) < here);
      next = step > 0 ? behind[0] : before[before.length - 1];
    }
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };
  const keys = {
    j: () => go(1, () => true),
    k: () => go(-1, () => true),
    n: () => go(1, (item) => item.hasAttribute("data-waits")),
    p: () => go(-1, (item) => item.hasAttribute("data-waits")),
  };
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof Element && event.target.closest("input, select, textarea");
    const key = keys[event.key];
    if (!key || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    key();
  });

  // A link to an item shows it, whatever is filtered.
  const show = () => {
    const item = items.find((one) => `#${one.id}` === location.hash);
    if (!item) return;
    if (item.hidden && buttons.length) choose(buttons[0]);
    item.focus();
  };
  window.addEventListener("hashchange", show);
  show();
})();
