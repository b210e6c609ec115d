// The page to take home: what someone drew and wrote is put in here, from the device alone. Needs circles.js, private-store.js
// and circle-list.js; it only reads.
(() => {
  const LONGEST = 80;
  const {recall} = window.here;
  const mine = document.querySelector('[data-mine]');
  if (!mine) return;
  const group = mine.dataset.group;

  function lines(parent, texts) {
    const list = parent.appendChild(document.createElement('ul'));
    for (const text of texts) list.appendChild(document.createElement('li')).textContent = text;
  }

  function drawing(part) {
    const moments = [...part.querySelectorAll('[data-moment]')].map((one) => ({...one.dataset}));
    const known = window.drawn.known(recall('three-circles:drawing', group) ?? {}, moments.map((one) => one.moment));
    const all = moments.filter((one) => known[one.moment]).map((one) => ({...one, ...known[one.moment]}));
    part.querySelector('[data-pictures]').replaceChildren(...all.map(window.drawn.figure));
    if (all.length > 1) lines(part.querySelector('[data-compared]'), all.slice(1).map((other) => window.drawn.comparison(all[0], other)));
    return all.length > 0;
  }

  function notes(part) {
    const state = recall('three-circles:' + part.dataset.notes, group);
    let any = false;
    for (const prompt of part.querySelectorAll('[data-prompt]')) {
      const name = prompt.dataset.prompt;
      const texts = [...(Array.isArray(state?.chosen?.[name]) ? state.chosen[name] : []), state?.begun?.[name]]
        .filter((text) => typeof text === 'string' && text.trim()).map((text) => text.trim().slice(0, LONGEST));
      prompt.hidden = !texts.length;
      if (texts.length) { lines(prompt, texts); any = true; }
    }
    return any;
  }

  let any = false;
  for (const part of mine.querySelectorAll('[data-drawing-place], [data-notes]')) {
    const filled = part.matches('[data-notes]') ? notes(part) : drawing(part);
    part.hidden = !filled;
    any ||= filled;
  }
  mine.querySelector('[data-nothing]').hidden = any;
  mine.querySelector('[data-something]').hidden = !any;
})();
