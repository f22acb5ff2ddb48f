// Keys of a queue: J and K go from one item to the next, other letters press the item's own buttons.
// Everything can be reached with the tabulator as well.

(() => {
  "use strict";

  const items = () => [...document.querySelectorAll("[data-queue-item]")];

  function current() {
    return document.activeElement?.closest("[data-queue-item]") ?? null;
  }

  function go(step) {
    const all = items();
    const at = all.indexOf(current());
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
    (next?.querySelector("input:enabled") ?? next?.querySelector("a"))?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest?.("input[type=text], input[type=search], textarea, select, dialog")) return;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      go(event.key === "j" ? 1 : -1);
      return;
    }
    const item = current();
    if (!item) return;
    if (event.key === "m") {
      event.preventDefault();
      for (const more of item.querySelectorAll("details")) more.open = !more.open;
      return;
    }
    const pressed = item.querySelector(`[data-queue-key="${CSS.escape(event.key)}"]`);
    if (pressed) {
      event.preventDefault();
      pressed.click();
    }
  });
})();
