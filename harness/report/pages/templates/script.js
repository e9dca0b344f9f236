"use strict";
// What the page can do without: every text is there before this runs.

// Light or dark, as the reader wants it; kept where the browser allows that.
const theme = document.getElementById("theme");
const dark = () => document.documentElement.dataset.theme
  ? document.documentElement.dataset.theme === "dark"
  : matchMedia("(prefers-color-scheme: dark)").matches;
const keep = (value) => { try { localStorage.setItem("theme", value); } catch { /* a file may have none */ } };
try { const kept = localStorage.getItem("theme"); if (kept) document.documentElement.dataset.theme = kept; } catch { /* as above */ }
theme.hidden = false;
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  keep(document.documentElement.dataset.theme);
});

// A link into something folded opens it, and all around it.
const reveal = () => {
  const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!there) return;
  for (let at = there; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  there.scrollIntoView();
  // What is laid out only when it is near moves what stands below it.
  requestAnimationFrame(() => there.scrollIntoView());
};
addEventListener("hashchange", reveal);
reveal();

// What is printed is printed whole.
let shut = [];
addEventListener("beforeprint", () => {
  shut = [...document.querySelectorAll("details:not([open])")];
  for (const each of shut) each.open = true;
});
addEventListener("afterprint", () => { for (const each of shut) each.open = false; });

// A box of tools filters what its data-filters names: by words, and by choices that
// every thing there answers in its data-* attributes.
for (const tools of document.querySelectorAll("[data-filters]")) {
  const things = [...document.querySelectorAll(tools.dataset.filters)];
  const said = tools.querySelector("[role=status]");
  const apply = () => {
    const words = [...tools.querySelectorAll("input[type=search]")]
      .flatMap((box) => box.value.toLowerCase().split(/\s+/).filter(Boolean));
    const wanted = [...tools.querySelectorAll("select[name]")].filter((box) => box.value);
    let shown = 0, all = 0;
    for (const thing of things) {
      const text = words.length ? (thing.dataset.text ?? thing.textContent).toLowerCase() : "";
      const fits = words.every((word) => text.includes(word))
        && wanted.every((box) => (thing.dataset[box.name] ?? "").split(" ").includes(box.value));
      thing.hidden = !fits;
      if ("echo" in thing.dataset) continue;  // it stands for another that is counted
      all += 1;
      shown += fits ? 1 : 0;
    }
    for (const group of document.querySelectorAll(tools.dataset.groups ?? ":not(*)"))
      group.hidden = !group.querySelector(`${tools.dataset.filters}:not([hidden])`);
    if (said) said.textContent = `${shown} of ${all} shown`;
  };
  tools.hidden = false;
  tools.addEventListener("input", apply);
}
