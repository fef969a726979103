"use strict";
// Adds to a page that reads whole without it: one language at a time, sorting, CSV, words beside a point.
const all = (where, what) => [...where.querySelectorAll(what)];
const editions = all(document, ".edition");

function show(edition) {
  for (const one of editions) one.hidden = one !== edition;
  document.documentElement.lang = edition.lang;
  document.title = edition.dataset.title;
}

function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const edition = target && target.closest(".edition");
  if (!edition) return false;
  if (edition.hidden || editions.length > 1) show(edition);
  if (target !== edition) target.scrollIntoView();
  return true;
}

// The same place in the other language: anchors differ in their first word only.
function here(edition) {
  const atEnd = scrollY > 0 && scrollY + innerHeight > document.documentElement.scrollHeight - 2;
  const line = atEnd ? innerHeight : 80;
  const passed = all(edition, "main [id]").filter((one) => one.tagName !== "A" && one.getBoundingClientRect().top < line);
  return passed.length ? passed[passed.length - 1].id.slice(edition.id.length) : "";
}

for (const link of all(document, ".languages a")) {
  link.addEventListener("click", (event) => {
    const other = document.getElementById(link.hash.slice(1));
    const shared = here(link.closest(".edition"));
    if (document.getElementById(other.id + shared)) {
      event.preventDefault();
      location.hash = other.id + shared;
      follow();
      all(other, ".languages [aria-current]")[0].focus({ preventScroll: true });
    }
  });
}
if (editions.length) {
  window.addEventListener("hashchange", follow);
  const asked = navigator.language.startsWith("zh") ? "zh" : "en";
  show(editions.find((one) => one.id === asked) || editions[0]);
  follow();
}
if (innerWidth < 1120) for (const menu of all(document, ".contents details")) menu.open = false;

// --- tables ---

const text = (cell) => cell.innerText.trim();
const figure = (cell) => (cell.dataset.value === undefined ? parseFloat(text(cell).replace(/,/g, "")) : +cell.dataset.value);

function compare(one, two) {
  const [first, second] = [figure(one), figure(two)];
  if (!isNaN(first) && !isNaN(second)) return first - second;
  if (isNaN(first) !== isNaN(second)) return isNaN(first) ? 1 : -1;
  return text(one).localeCompare(text(two), document.documentElement.lang);
}

function sortable(table) {
  const body = table.tBodies[0], original = [...body.rows];
  if (original.length < 2) return;
  for (const head of table.tHead.rows[0].cells) {
    if (!text(head)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.title = table.closest("[data-sort]").dataset.sort;
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
      for (const one of table.tHead.rows[0].cells) one.removeAttribute("aria-sort");
      const sign = next === "descending" ? -1 : 1, place = head.cellIndex;
      const rows = next ? [...original].sort((a, b) => sign * compare(a.cells[place], b.cells[place])) : original;
      if (next) head.setAttribute("aria-sort", next);
      body.append(...rows);
    });
  }
}

// A spreadsheet must not take words for a formula.
function plain(words) {
  return /^[=+\-@\t\r]./.test(words) && !/^[+-]?[\d.,]+[^|!(]*$/.test(words) ? "'" + words : words;
}

function csv(table) {
  const line = (row) => [...row.cells].map((cell) => `"${plain(text(cell)).replace(/"/g, '""')}"`).join(",");
  return "\ufeff" + [...table.rows].map(line).join("\r\n") + "\r\n";
}

function saves(table) {
  const box = table.closest(".scroll"), figure = table.closest("figure"), button = document.createElement("button");
  button.type = "button";
  button.className = "csv";
  button.textContent = table.closest("[data-csv]").dataset.csv;
  const number = document.createElement("span");
  number.className = "unseen";
  number.textContent = " " + text(table.caption);
  button.append(number);
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv(table)], { type: "text/csv;charset=utf-8" }));
    link.download = `${figure ? figure.id : "reports"}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  box.after(button);
}

// On a narrow screen a row is a list of its cells, each under its heading's name; still a table for who listens.
function stackable(table) {
  const heads = [...table.tHead.rows[0].cells].map(text);
  if (heads.length < 4) return;
  table.classList.add("stacked");
  table.setAttribute("role", "table");
  for (const group of [table.tHead, ...table.tBodies]) group.setAttribute("role", "rowgroup");
  for (const row of table.rows) {
    row.setAttribute("role", "row");
    for (const cell of row.cells) {
      cell.setAttribute("role", cell.tagName === "TH" ? "columnheader" : "cell");
      if (cell.tagName === "TD") cell.dataset.head = heads[cell.cellIndex];
      cell.classList.toggle("none", text(cell) === "—");
    }
  }
}

for (const table of all(document, "table")) {
  stackable(table);
  sortable(table);
  saves(table);
}

// What is wider than the page can be moved by the keyboard.
const measure = () => {
  for (const box of all(document, ".scroll")) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", text(box.querySelector("caption") || box.parentElement.querySelector("figcaption")));
    } else for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  }
};
addEventListener("resize", measure);
addEventListener("hashchange", measure);
addEventListener("toggle", measure, true);
measure();

// --- words beside a point ---

const tip = document.createElement("div");
tip.className = "tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;
document.body.append(tip);
for (const title of all(document, ".points title")) {
  const point = title.parentElement;
  point.words = title.textContent;
  title.remove();
  point.addEventListener("pointerover", () => {
    const place = point.getBoundingClientRect();
    tip.textContent = point.words;
    tip.hidden = false;
    const left = Math.min(place.right + 4, document.documentElement.clientWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(left, 4) + scrollX}px`;
    // Below the point, else above it, and never beyond the window.
    const room = innerHeight - tip.offsetHeight - 4, above = place.top - tip.offsetHeight - 4;
    const top = place.bottom + 4 <= room ? place.bottom + 4 : above >= 4 ? above : Math.max(room, 4);
    tip.style.top = `${top + scrollY}px`;
  });
}
for (const chart of all(document, ".chart")) {
  chart.addEventListener("pointerleave", (event) => (tip.hidden = event.relatedTarget !== tip));
}
tip.addEventListener("pointerleave", () => (tip.hidden = true));
addEventListener("keydown", (event) => event.key === "Escape" && (tip.hidden = true));
