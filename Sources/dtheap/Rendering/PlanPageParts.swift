/// The fixed parts of a plan's page. Neither holds a character that XML would read as markup.
enum PlanPageParts {
  static let style: StaticString = """

    :root { color-scheme: light dark; --page: #ffffff; --text: #1a1a1a; --line: #c8c8c8; --soft: #5c5c5c;
      --fits: #1c7a35; --fails: #b3261e; --focus: #1a5fb4 }
    @media (prefers-color-scheme: dark) {
      :root { --page: #16181c; --text: #e8e8e8; --line: #44484f; --soft: #a8a8a8;
        --fits: #6fce86; --fails: #ff8b80; --focus: #8ab8ff } }
    @media print { :root { --page: #ffffff; --text: #1a1a1a; --line: #c8c8c8; --soft: #5c5c5c;
      --fits: #1c7a35; --fails: #b3261e } }
    * { box-sizing: border-box }
    body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
    main { max-width: 60rem; margin: 0 auto; padding: 1.5rem }
    h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere }
    h2 { font-size: 1.1rem; margin: 2rem 0 .25rem; overflow-wrap: anywhere }
    p { margin: .25rem 0; overflow-wrap: anywhere }
    ul { margin: .5rem 0; padding-left: 1.25rem; overflow-wrap: anywhere }
    .verdict { font-size: 1.15rem; font-weight: 600 }
    .verdict.fits { color: var(--fits) }
    .verdict.fails, tr.fails .result { color: var(--fails) }
    .time { position: sticky; top: 0; display: flex; gap: 1rem; align-items: center; padding: .75rem 0;
      margin-top: 1rem;
      background: var(--page); border-bottom: 1px solid var(--line) }
    .time input { flex: 1; min-width: 0; accent-color: var(--focus) }
    .time output { min-width: 7rem; text-align: right; font-variant-numeric: tabular-nums }
    :focus-visible { outline: 2px solid var(--focus); outline-offset: 3px }
    .picture { display: block; width: 100%; min-width: 40rem; height: auto; margin-top: .5rem }
    svg text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: var(--text) }
    svg .strong { font-weight: 600 }
    .cell { transition: fill .15s }
    .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; color: var(--soft);
      font-size: .9rem; margin-top: 1rem }
    .wide { overflow-x: auto }
    table { border-collapse: collapse; width: 100%; font-size: .95rem }
    th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap }
    tbody th { font-weight: 500 }
    .number { text-align: right; font-variant-numeric: tabular-nums }
    th.number { text-align: right }
    .swatch { display: inline-block; width: .8rem; height: .8rem; margin: 0 .4rem 0 0 }
    @media (prefers-reduced-motion: reduce) { .cell { transition: none } }
    @media print { .time { display: none } }

    """

  static let script: StaticString = """

    "use strict";
    {
      const data = JSON.parse(document.getElementById("scenes").textContent);
      const slider = document.getElementById("moment");
      const time = document.getElementById("time");
      const cursors = document.querySelectorAll(".cursor");
      const styles = ["cell free", "cell pinned", "cell lent"];
      for (const colour of Array(8).keys()) styles.push("cell b" + colour, "cell b" + colour + " part");
      const maps = data.areas.map((area, number) => document.getElementById("area" + number + "-map").children);
      const show = () => {
        const moment = Number(slider.value);
        time.value = data.times[moment];
        slider.setAttribute("aria-valuetext", data.times[moment]);
        for (const cursor of cursors) cursor.setAttribute("transform", "translate(" + data.x[moment] + " 0)");
        data.areas.forEach((area, number) => {
          let place = 0;
          area.maps[moment].forEach((code, index, runs) => {
            if (index % 2 === 0) return;
            for (const end = place + runs[index - 1]; place !== end; place += 1) {
              maps[number][place].setAttribute("class", styles[code]);
            }
          });
          document.getElementById("area" + number + "-state").textContent = area.states[moment];
          area.uses.forEach((uses, heap) => {
            document.getElementById("area" + number + "-use" + heap).textContent = uses[moment];
          });
        });
      };
      slider.addEventListener("input", show);
      show();
    }

    """
}
