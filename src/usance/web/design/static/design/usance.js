// The little that HTML and CSS cannot do alone. Every page works without this file, except that
// nothing can be copied with one click and dialogs need a browser that knows invoker commands.

(() => {
  "use strict";

  const knowsCommands = "commandForElement" in HTMLButtonElement.prototype;

  function copy(button) {
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
      const drawing = button.querySelector("use");
      button.dataset.copied = "";
      drawing.setAttribute("href", "#i-check");
      setTimeout(() => {
        delete button.dataset.copied;
        drawing.setAttribute("href", "#i-copy");
      }, 1600);
    });
  }

  function command(button) {
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    const name = button.getAttribute("command");
    if (name === "show-modal" && !dialog.open) dialog.showModal();
    if (name === "close") dialog.close();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.copy) copy(button);
    if (button?.hasAttribute("commandfor") && !knowsCommands) command(button);
    if (button && "dismiss" in button.dataset) button.closest("[data-alert]").remove();

    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details.menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    const writing = event.target.closest?.("input, textarea, select, [contenteditable], dialog");
    if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (field?.checkVisibility()) {
      event.preventDefault();
      field.focus();
    }
  });

  // A second click must not send a payment twice: data-once lets a form go once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("once" in form.dataset)) return;
    if (form.dataset.once === "sent") event.preventDefault();
    form.dataset.once = "sent";
    event.submitter?.setAttribute("aria-busy", "true");
  });

  // A page that comes back from the browser's store may be sent again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-once]")) form.dataset.once = "";
    for (const button of document.querySelectorAll("[aria-busy]")) {
      button.removeAttribute("aria-busy");
    }
  });

  // The browser gives the focus to [autofocus] of a page; of a part that htmx swaps in, we do.
  document.addEventListener("htmx:afterSettle", (event) => {
    event.target.querySelector("[data-focus]")?.focus();
  });

  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, () => {
      const alert = document.getElementById("unreachable").content.cloneNode(true);
      document.getElementById("toasts").replaceChildren(alert);
    });
  }
})();
