// One stop of the tabulator for the whole matrix; arrows move from cell to cell, as in a grid.
"use strict";
{
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const table = document.querySelector("table[data-matrix]");
  const rows = [...(table?.tBodies[0].rows ?? [])].map((row) => [...row.querySelectorAll("td a")]);
  for (const cell of rows.flat().slice(1)) cell.tabIndex = -1;
  table?.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const here = event.target.closest("td a");
    if (!step || !here || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows.findIndex((cells) => cells.includes(here));
    const mirrored = getComputedStyle(table).direction === "rtl" ? -1 : 1;
    const next = rows[row + step[0]]?.[rows[row].indexOf(here) + step[1] * mirrored];
    if (!next) return;
    event.preventDefault();
    here.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}
