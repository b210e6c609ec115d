// Draw your systems: three moments, each with its three circles and words, side by side.
// Needs circles.js, private-store.js, circle-list.js.
(() => {
  const {SYSTEMS, BOX, FITS, place, word, parts} = window.circles;
  const ZOOM = 1.7;      // of the circles on the saved picture

  // Outlives the elements: where a live page puts new ones into their place, the drawing is still there.
  let drawn = {};        // moment: {sizes, words}
  let moment = null;

  function start(root) {
    if (root.dataset.ready) return;
    root.dataset.ready = 'yes';
    const sizer = root.querySelector('[data-circles]');
    const tabs = [...root.querySelectorAll('[data-moment]')];
    const inputs = [...root.querySelectorAll('[data-words]')];
    const first = () => Object.fromEntries(SYSTEMS.map((system) => [system, 40]));
    moment ??= tabs[0].dataset.moment;
    const tab = (which) => tabs.find((one) => one.dataset.moment === which);
    const present = () => tabs.map((one) => one.dataset.moment).filter((one) => drawn[one]);

    // A new moment begins as the one before it stands, so that what differs is what the hand changes.
    const blankOrLike = () => ({sizes: {...(drawn[present()[0]]?.sizes ?? first())}, words: {}});
    const shown = () => drawn[moment] ?? blankOrLike();

    const named = (which) => ({...tab(which).dataset, name: tab(which).textContent, ...drawn[which]});
    const comparison = (base, other) => window.drawn.comparison(named(base), named(other));

    function showBeside() {
      const all = present();
      root.querySelector('[data-beside]').hidden = !all.length;
      root.querySelector('[data-pictures]').replaceChildren(...all.map((which) => window.drawn.figure(named(which))));
      const lines = all.slice(1).map((other) => comparison(all[0], other));
      if (all.length === 1) lines.push('Draw another one to compare them side by side.');
      root.querySelector('[data-compared]').replaceChildren(...lines.map((line) => {
        const item = document.createElement('li');
        item.textContent = line;
        return item;
      }));
    }

    function showMoment() {
      const {sizes, words} = shown();
      tabs.forEach((one) => one.setAttribute('aria-pressed', String(one.dataset.moment === moment)));
      sizer.dispatchEvent(new CustomEvent('circles:set', {detail: sizes}));
      inputs.forEach((input) => { input.value = words[input.dataset.words] ?? ''; });
      showBeside();
    }

    const tile = (paintOn, system, pen) => {
      const pattern = document.getElementById('pt-' + system);
      const [width, height] = [pattern.width.baseVal.value, pattern.height.baseVal.value];
      const stroke = pattern.querySelector('path');
      const small = document.createElement('canvas');
      const sharp = 4;
      [small.width, small.height] = [width * sharp, height * sharp];
      const on = small.getContext('2d');
      on.scale(sharp, sharp);
      [on.strokeStyle, on.lineWidth, on.lineCap, on.lineJoin] = [pen.colour('--hatch'), stroke.getAttribute('stroke-width'), 'round', 'round'];
      on.stroke(new Path2D(stroke.getAttribute('d')));
      const made = paintOn.createPattern(small, 'repeat');
      made.setTransform(new DOMMatrix().scale(1 / sharp));
      return made;
    };

    function drawCircle(on, system, size, pen) {
      const {r, cx, cy} = place(system, size);
      const whole = () => { on.beginPath(); on.arc(cx, cy, r, 0, 2 * Math.PI); on.fill(); };
      const fill = pen.colour('--' + system);
      on.fillStyle = fill;
      whole();
      on.fillStyle = tile(on, system, pen);
      whole();
      const fade = on.createRadialGradient(cx, cy, r * 0.5, cx, cy, r * 0.9);   // keeps the texture to the rim
      fade.addColorStop(0, fill);
      fade.addColorStop(1, fill + '00');
      on.fillStyle = fade;
      whole();
      const inside = r >= FITS;
      const scale = Math.min(1.1, Math.max(0.55, r / 48));
      on.save();
      on.translate(cx - 16 * scale, cy - 16 * scale - (inside ? 12 : 0));
      on.scale(scale, scale);
      [on.strokeStyle, on.lineWidth, on.lineCap, on.lineJoin] = [pen.colour('--on-system'), 2.4, 'round', 'round'];
      on.stroke(new Path2D(parts(system).icon));
      on.restore();
      [on.font, on.textAlign, on.textBaseline] = ['700 17px ' + getComputedStyle(document.body).fontFamily, 'center', 'alphabetic'];
      on.fillStyle = pen.colour(inside ? '--on-system' : '--ink');
      on.fillText(parts(system).name, cx, inside ? cy + 26 : (system === 'threat' ? cy + r + 20 : cy - r - 9));
    }

    function draw(pen) {
      const all = present().length ? present() : [moment];
      for (const which of all) {
        const {sizes, words} = drawn[which] ?? shown();
        pen.text(tab(which).textContent, {size: 36, weight: 700});
        pen.part(BOX[3] * ZOOM, (on) => {
          on.scale(ZOOM, ZOOM);
          on.translate(0, -BOX[1]);
          SYSTEMS.forEach((system) => drawCircle(on, system, sizes[system], pen));
        });
        for (const system of SYSTEMS) {
          pen.text(parts(system).name + ', ' + word(sizes[system]) + (words[system] ? ': ' + words[system] : ''), {weight: words[system] ? 600 : 400});
        }
        pen.space(44);
      }
      all.slice(1).forEach((other) => pen.text(comparison(all[0], other), {size: 24}));
      pen.space(12);
      pen.text('This is a picture of how it feels to me, not a measurement.', {size: 20, ink: '--ink-2'});
    }

    const changed = window.here.attach(root, {
      key: 'three-circles:drawing',
      read: () => drawn,
      show(state) { drawn = window.drawn.known(state, tabs.map((one) => one.dataset.moment)); showMoment(); },
      blank() { drawn = {}; moment = tabs[0].dataset.moment; showMoment(); },
      draw,
      picture: 'my-circles.png',
    });

    sizer.addEventListener('circles:change', (event) => {
      drawn[moment] = {...shown(), sizes: event.detail};
      showBeside();
      changed();
    });
    inputs.forEach((input) => input.addEventListener('input', () => {
      drawn[moment] = shown();
      drawn[moment].words[input.dataset.words] = input.value.trim();
      showBeside();
      changed();
    }));
    tabs.forEach((one) => one.addEventListener('click', () => { moment = one.dataset.moment; showMoment(); }));
    window.addEventListener('beforeprint', () => {   // a sheet with nothing on it would be a disappointment
      if (!root.isConnected || present().length) return;
      drawn[moment] = shown();
      showBeside();
    });
    showMoment();
    root.hidden = false;
  }

  const startAll = () => document.querySelectorAll('[data-drawing]').forEach(start);
  document.addEventListener('htmx:after:settle', startAll);
  document.addEventListener('live:replaced', startAll);
  startAll();
})();
