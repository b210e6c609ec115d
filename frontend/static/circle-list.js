// What a drawing shows, wherever it is shown: its picture with words, and how two moments differ. Needs circles.js.
//
//   a moment: {name, than, sizes: {threat, drive, soothing}, words: {…}}
//   window.drawn.figure(moment)              an element with the picture and the words
//   window.drawn.comparison(base, other)     one sentence
//   window.drawn.known(state, names)         only what looks like ours of what came out of a storage
window.drawn = (() => {
  const {SYSTEMS, word, paint, parts} = window.circles;
  const SAME = 5;        // sizes as near as this are told as about the same
  const LONGEST = 80;

  function list(words) {
    return words.length < 2 ? words.join('') : words.slice(0, -1).join(', ') + ' and ' + words.at(-1);
  }

  // “On a hard day, threat is larger than now. Drive and soothing are smaller.”
  function comparison(base, other) {
    const grown = (system) => other.sizes[system] - base.sizes[system];
    const groups = [
      ['larger', SYSTEMS.filter((system) => grown(system) >= SAME)],
      ['smaller', SYSTEMS.filter((system) => grown(system) <= -SAME)],
      ['about the same', SYSTEMS.filter((system) => Math.abs(grown(system)) < SAME)],
    ].filter(([, systems]) => systems.length);
    const told = groups.map(([how, systems], index) => list(systems) + (systems.length > 1 ? ' are ' : ' is ') + how + (index ? '' : (how === 'about the same' ? ' as ' : ' than ') + base.than));
    return other.name + ', ' + told.map((part, index) => (index ? part[0].toUpperCase() + part.slice(1) : part)).join('. ') + '.';
  }

  function figure({name, sizes, words}) {
    const made = document.createElement('figure');
    made.appendChild(document.createElement('figcaption')).textContent = name;
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'drawn');
    made.append(svg);
    paint(svg, sizes);
    const told = made.appendChild(document.createElement('ul'));
    for (const system of SYSTEMS) {
      const line = told.appendChild(document.createElement('li'));
      line.className = system;
      line.appendChild(document.createElement('b')).textContent = parts(system).name;
      line.append(' ' + word(sizes[system]) + (words[system] ? ': ' + words[system] : ''));
    }
    return made;
  }

  function known(state, names) {
    const sound = {};
    for (const name of names) {
      const one = state[name];
      if (!one || !SYSTEMS.every((system) => one.sizes?.[system] >= 5 && one.sizes[system] <= 100)) continue;
      const words = SYSTEMS.map((system) => [system, String(one.words?.[system] ?? '').slice(0, LONGEST)]);
      sound[name] = {sizes: Object.fromEntries(SYSTEMS.map((system) => [system, Number(one.sizes[system])])), words: Object.fromEntries(words)};
    }
    return sound;
  }

  return {figure, comparison, known};
})();
