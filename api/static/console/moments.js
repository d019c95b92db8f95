// Moments are shown in the reader's zone; UTC, as without a script, stays in the title.
"use strict";
{
  const format = new Intl.DateTimeFormat(undefined, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const show = (within) => {
    for (const time of within.querySelectorAll("time.moment")) {
      time.title = time.textContent;
      time.textContent = format.format(new Date(time.dateTime));
    }
  };
  show(document);
  document.addEventListener("caveat:fresh", (event) => show(event.detail)); // of live.js
}
