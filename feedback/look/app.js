// Small comforts. Every page does its whole work without this file.
(() => {
  "use strict";
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const first = (selector) => document.querySelector(selector);
  const numbers = new Intl.NumberFormat(document.documentElement.lang);

  // The list of errors gets the focus, so that it is read first.
  const errors = first("[data-error-summary]");
  if (errors) { errors.focus(); }

  // A second press on the same button does nothing while the first is on its way.
  const PATIENCE_MS = 4000;
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll(".is-sent").forEach((button) => button.classList.remove("is-sent"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (event.submitter) { event.submitter.classList.add("is-sent"); }
    window.setTimeout(release, PATIENCE_MS, form);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach(release));

  // Whoever writes is at work: an officer's session does not end under a long answer. It still ends when nobody types, and after its hours.
  const STIR_MS = 5 * 60 * 1000;
  let stirred = Date.now();
  if (first("body.lc-officer")) {
    document.addEventListener("input", () => {
      if (Date.now() - stirred < STIR_MS) { return; }
      stirred = Date.now();
      fetch("/can-bo/tai-khoan", { method: "HEAD" }).catch(() => {});
    });
  }

  // How much is written, out of how much fits. The count stands in the element that data-counter names.
  all("[data-counter]").forEach((area) => {
    const out = document.getElementById(area.dataset.counter);
    const limit = Number(area.getAttribute("maxlength"));
    if (!out || !limit) { return; }
    const show = () => { out.textContent = `${numbers.format(area.value.length)} / ${numbers.format(limit)}`; };
    area.addEventListener("input", show);
    show();
  });

  all("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) { return; }
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
    });
  });

  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  all("[data-pick-all]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const boxes = all("[data-row-pick]");
      const chosen = !boxes.every((box) => box.checked);
      boxes.forEach((box) => { box.checked = chosen; });
    });
  });

  // Whoever jumps to a folded part of the page finds it open.
  const unfold = () => {
    const part = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (part && part.tagName === "DETAILS") { part.open = true; }
  };
  window.addEventListener("hashchange", unfold);
  unfold();

  // A long list gets a field above it that leaves only the entries in which every word typed occurs, with or without marks.
  const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  all("select[data-searchable]").forEach((list) => {
    const entries = Array.from(list.options, (option) => ({ option, group: option.parentElement, words: folded(option.text) }));
    const input = document.createElement("input");
    Object.assign(input, { type: "search", className: "form-control", placeholder: list.dataset.searchable, autocomplete: "off" });
    input.setAttribute("aria-label", list.dataset.searchable);
    input.setAttribute("aria-controls", list.id);
    list.before(input);
    input.addEventListener("input", () => {
      const wanted = folded(input.value).split(/\s+/).filter(Boolean);
      const kept = entries.filter(({ option, words }) => !option.value || wanted.every((word) => words.includes(word)));
      entries.forEach(({ option }) => option.remove());
      kept.forEach(({ option, group }) => group.append(option));
      list.querySelectorAll("optgroup").forEach((group) => { group.hidden = !group.children.length; });
      const only = kept.filter(({ option }) => option.value);
      if (only.length === 1) { list.value = only[0].option.value; }
    });
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); list.focus(); } });
  });

  // Keys of the desk and the inbox; the list is in the macro keyboard_help.
  const walk = (step) => {
    const rows = all("[data-row-link]");
    const here = rows.indexOf(document.activeElement);
    const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
    if (next) { next.focus(); }
  };
  const focus = (selector) => { const found = first(selector); if (found) { found.focus(); } };
  const help = first("[data-keys]");
  const showHelp = (shown) => { if (help) { help.hidden = !shown; if (shown) { help.focus(); } } };
  const keys = {
    j: () => walk(1),
    k: () => walk(-1),
    // Where the machine is sure one key is enough; elsewhere it leads to the button.
    x: () => { const sure = first("[data-key-press]"); if (sure) { sure.click(); } else { focus("[data-key-confirm]"); } },
    c: () => {
      const row = document.activeElement.closest("tr");
      const box = row && row.querySelector("[data-row-pick]");
      if (box) { box.checked = !box.checked; }
    },
    "/": () => focus("[data-search]"),
    "?": () => showHelp(help && help.hidden),
    Escape: () => showHelp(false),
  };
  document.addEventListener("keydown", (event) => {
    // A key held down a moment too long must not act on the next case as well.
    if (event.repeat && (event.key === "x" || (event.key === "Enter" && event.target.tagName === "BUTTON"))) { event.preventDefault(); return; }
    const typing = /^(TEXTAREA|SELECT)$/.test(event.target.tagName) || (event.target.tagName === "INPUT" && event.target.type !== "checkbox");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) { return; }
    if (event.key === "/") { event.preventDefault(); }
    keys[event.key]();
  });
})();
