// The iframe: the page inside tells its height, and the page around it follows.

const RESIZE = "caveat:resize";
const TALLEST = 100_000; // CSS pixels

if (document.documentElement.hasAttribute("data-caveat-frame")) {
  const root = document.documentElement;
  const tell = () => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    parent.postMessage({ type: RESIZE, height }, "*"); // a height is no secret
  };
  new ResizeObserver(tell).observe(root);
  // A source may refuse to be shown in a frame: links to others open outside of it.
  document.addEventListener("click", (event) => {
    const target = event.composedPath().find((node) => node.tagName === "A");
    if (target && /^https?:/.test(target.getAttribute("href"))) {
      target.target = "_blank";
      target.rel = "noopener";
    }
  });
} else {
  addEventListener("message", ({ data, source }) => {
    if (data?.type !== RESIZE || !(data.height > 0 && data.height < TALLEST)) return;
    for (const frame of document.querySelectorAll("iframe")) {
      const isOurs = SCRIPT_BASE && frame.src.startsWith(`${SCRIPT_BASE}/embed/`);
      if (isOurs && frame.contentWindow === source) frame.style.height = `${data.height}px`;
    }
  });
}
