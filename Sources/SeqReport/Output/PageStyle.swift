/// The page's style and its script. Nothing is loaded from elsewhere; without the script the page only
/// loses its sorting.
enum PageStyle {
  /// Colours after Okabe and Ito (2008), darkened or lightened to stand out on the background.
  static let style = """
    :root { color-scheme: light dark; --ink: #1d2126; --soft: #5b6470; --line: #dde1e6; --back: #fff;
      --panel: #f6f7f9; --good: #0b6b4f; --bad: #a4262c; --heat: 0, 92, 158;
      --s0: #0060a8; --s1: #b85000; --s2: #007a5e; --s3: #a3407b; --s4: #7a6400; --s5: #2b7fb8;
      --s6: #5a4fb0; --s7: #4d4d4d; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e7e9ec; --soft: #a3abb5; --line: #343a42;
      --back: #15181c; --panel: #1d2126; --good: #5cc9a3; --bad: #ff8a80; --heat: 86, 180, 233;
      --s0: #6db6f2; --s1: #f0a35e; --s2: #52c9a4; --s3: #e39cc6; --s4: #e0cf6b; --s5: #9bd0f5;
      --s6: #b3aaf5; --s7: #bdbdbd; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--ink);
      font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em; }
    h2 { font-size: 1.4rem; line-height: 1.25; margin: 3.2rem 0 .6rem; padding-top: 1rem;
      border-top: 1px solid var(--line); }
    h3 { font-size: 1.08rem; margin: 2.2rem 0 .5rem; }
    h4 { font-size: .95rem; margin: 1.4rem 0 .4rem; }
    p { margin: .5rem 0; max-width: 44rem; }
    .soft, small, .caption, figcaption { color: var(--soft); }
    .lead { font-size: 1.05rem; }
    .lead li { margin: .35rem 0; }
    ul { padding-left: 1.2rem; max-width: 46rem; }
    nav { margin: 1rem 0 0; font-size: .9rem; }
    nav a { margin-right: 1rem; white-space: nowrap; }
    a { color: var(--s0); text-underline-offset: .15em; }
    .scroll { overflow-x: auto; margin: .8rem 0; }
    .scroll:focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; }
    table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
    .caption { margin: 1rem 0 -.3rem; font-size: .85rem; }
    th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0; font-weight: 400; }
    thead th { color: var(--soft); font-size: .82rem; border-bottom: 1px solid var(--line);
      vertical-align: bottom; white-space: nowrap; }
    tbody tr + tr > * { border-top: 1px solid var(--line); }
    tbody th { font-weight: 600; }
    .n { text-align: right; white-space: nowrap; }
    td small, th small { display: block; font-size: .76rem; font-weight: 400; }
    .best { font-weight: 700; }
    .bad { color: var(--bad); } .good { color: var(--good); }
    th button { all: unset; cursor: pointer; }
    th button:focus-visible { outline: 2px solid var(--s0); }
    th[aria-sort=ascending] button::after { content: " ↑"; }
    th[aria-sort=descending] button::after { content: " ↓"; }
    .figures { display: flex; flex-wrap: wrap; gap: 1.2rem 2rem; align-items: flex-start; }
    figure { margin: .6rem 0; flex: 1 1 20rem; min-width: 0; }
    figure.small { flex: 0 1 15rem; }
    figcaption { font-size: .85rem; max-width: 30rem; }
    svg.plot { width: 100%; height: auto; display: block; overflow: visible; }
    .plot text { font: 11px system-ui, sans-serif; fill: var(--ink); }
    .plot .tick { fill: var(--soft); font-size: 10px; } .plot .title { fill: var(--soft); }
    .plot .value { font-variant-numeric: tabular-nums; }
    .plot .grid { stroke: var(--line); } .plot .axis { stroke: var(--soft); }
    .plot .whisker { stroke: var(--soft); stroke-width: 2; stroke-linecap: round; }
    .plot .frontier, .plot .ideal { fill: none; stroke: var(--soft); stroke-dasharray: 3 3; }
    .plot .bar { fill: var(--line); } .plot .band { stroke: none; fill-opacity: .14; }
    .plot .curve { fill: none !important; stroke: currentColor; stroke-width: 1.6; }
    .s0 { fill: var(--s0); color: var(--s0); } .s1 { fill: var(--s1); color: var(--s1); }
    .s2 { fill: var(--s2); color: var(--s2); } .s3 { fill: var(--s3); color: var(--s3); }
    .s4 { fill: var(--s4); color: var(--s4); } .s5 { fill: var(--s5); color: var(--s5); }
    .s6 { fill: var(--s6); color: var(--s6); } .s7 { fill: var(--s7); color: var(--s7); }
    details { margin: .7rem 0; }
    summary { cursor: pointer; font-weight: 600; font-size: .95rem; }
    summary:focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; }
    .heat td { padding: .25rem .4rem; min-width: 2.4rem; text-align: right; border: 1px solid var(--back);
      background: rgba(var(--heat), calc(var(--v) * .55)); }
    .heat th { padding: .25rem .5rem; font-size: .82rem; }
    mark { background: rgba(var(--heat), .2); color: inherit; padding: 0 .15em; border-radius: .2em; }
    pre, code { font: .82rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
    pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--panel); padding: .7rem .9rem;
      border-radius: .4rem; margin: .5rem 0; }
    td code, td.wrap { overflow-wrap: anywhere; }
    @media (max-width: 40rem) { main { padding: 1.4rem 1rem 3rem; } h1 { font-size: 1.55rem; }
      h2 { font-size: 1.25rem; margin-top: 2.4rem; } figure, figure.small { flex-basis: 100%; }
      th, td { padding-right: .7rem; } }
    @media print { :root { --ink: #000; --soft: #444; --line: #ccc; --back: #fff; --panel: #f4f4f4;
        color-scheme: light; }
      main { max-width: none; padding: 0; } body { font-size: 10pt; } nav { display: none; }
      .scroll { overflow: visible; } figure, tr, pre { break-inside: avoid; }
      h2, h3, h4 { break-after: avoid; } a { color: inherit; text-decoration: none; } }
    """

  /// Sorts tables by a click on a heading, and opens what is folded before printing.
  static let script = """
    for (const table of document.querySelectorAll("table.sortable")) {
      table.querySelectorAll("thead th").forEach((head, column) => {
        const button = document.createElement("button");
        button.textContent = head.textContent;
        head.replaceChildren(button);
        button.addEventListener("click", () => {
          const down = head.getAttribute("aria-sort") !== "descending";
          table.querySelectorAll("thead th").forEach(h => h.removeAttribute("aria-sort"));
          head.setAttribute("aria-sort", down ? "descending" : "ascending");
          const key = row => {
            const cell = row.cells[column], k = cell.dataset.key;
            return k === undefined ? cell.textContent : Number(k);
          };
          const rows = [...table.tBodies[0].rows].sort((a, b) => {
            const x = key(a), y = key(b);
            const order = typeof x === "number" && typeof y === "number"
              ? x - y : String(x).localeCompare(String(y));
            return down ? -order : order;
          });
          table.tBodies[0].append(...rows);
        });
      });
    }
    addEventListener("beforeprint", () =>
      document.querySelectorAll("details").forEach(d => { d.open = true; }));
    """
}
