"use strict";
// What came after the page was made. Text is only ever set as text, never as HTML.
{
  const runs = document.getElementById("runs");
  const said = document.getElementById("said");
  const ends = JSON.parse(document.getElementById("ends").textContent);
  const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
  const field = (within, name) => within.querySelector(`[data-field="${name}"]`);
  const badge = (word, tone) => {
    const made = copy(`badge-${tone}`);
    made.append(word);
    return made;
  };
  const clock = (seconds) => {
    const all = Math.round(seconds);
    const two = (number) => String(number).padStart(2, "0");
    return `${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  };
  const title = () => {
    const goes = [...runs.children].some((run) => !field(run, "going").hidden);
    document.title = goes ? runs.dataset.goes : runs.dataset.none;
    document.getElementById("now").textContent = document.title;
  };
  // The section of a run, made if it is new: the newest is above the others.
  const section = (ident) => {
    const known = [...runs.children].find((run) => run.dataset.run === ident);
    if (known) return known;
    const made = copy("run");
    made.dataset.run = ident;
    runs.prepend(made);
    return made;
  };
  const number = (run) => {
    const bar = run.querySelector("progress");
    const all = Number(run.dataset.jobs);
    bar.max = Math.max(all, 1);
    field(run, "number").textContent = `${bar.value} of ${all} jobs`;
  };
  const told = {
    begun(run, event) {
      field(run, "command").textContent = event.command;
      field(run, "at").textContent = event.at;
      title();
    },
    expected(run, event) {
      run.dataset.jobs = event.jobs;
      number(run);
    },
    started(run, event) {
      const line = document.createElement("li");
      line.className = "name";
      line.textContent = event.job;
      field(run, "running").append(line);
    },
    done(run, event) {
      [...field(run, "running").children].find((line) => line.textContent === event.job)?.remove();
      run.querySelector("progress").value = event.done;
      number(run);
      field(run, "left").textContent = event.left < 0 ? "" : `, about ${clock(event.left)} left`;
    },
    verdict(run, event) {
      const key = `${event.name} on ${event.base}`;
      const rows = field(run, "verdicts");
      const made = copy("row");
      made.dataset.key = key;
      for (const name of ["name", "base", "tests"]) field(made, name).textContent = event[name];
      field(made, "verdict").replaceChildren(badge(event.verdict, event.tone));
      for (const cell of made.querySelectorAll("[data-count]"))
        cell.textContent = event.counts[cell.dataset.count] || ".";
      const known = [...rows.children].find((row) => row.dataset.key === key);
      const isNews = known?.innerText !== made.innerText;
      if (known) known.replaceWith(made); else rows.append(made);
      if (isNews) said.textContent = event.line;
    },
    over(run, event) {
      const [tone, word] = ends[event.end];
      const line = field(run, "end");
      line.replaceChildren(badge(word, tone), ` ${event.why}`);
      if (event.report) {
        const link = document.createElement("a");
        link.href = `/${encodeURIComponent(event.report.replace(/\.json$/, ".html"))}`;
        link.textContent = "Open its report";
        line.append(" ", link);
      }
      line.hidden = false;
      field(run, "going").hidden = true;
      title();
      said.textContent = `The run is over: ${word}.`;
    },
  };
  const source = new EventSource(`/events?after=${encodeURIComponent(runs.dataset.after)}`);
  for (const [kind, show] of Object.entries(told))
    source.addEventListener(kind, (message) => {
      const event = JSON.parse(message.data);
      show(section(event.run), event);
    });
  source.addEventListener("open", () => { document.getElementById("link").hidden = true; });
  source.addEventListener("error", () => { document.getElementById("link").hidden = false; });
}
