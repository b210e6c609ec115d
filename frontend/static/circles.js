// Three circles to size: by dragging a circle, with its buttons, or with its slider's keys. Area stands for strength.
//
//   <div data-circles> … </div>   as templates/circles/_sizer.html writes it; _patterns.html once in the document.
//
// Nothing is kept or sent. The three sizes, 5 to 100, are told to any listener:
//   element 'circles:change'  (bubbles)  detail: {threat, drive, soothing}    after every change by a person
//   element 'circles:set'                detail: the same                     sets them from outside, without a change
// With data-circles-form="circle_" they are also written into circle_threat, circle_drive and circle_soothing of the
// form around it, once the person has sized something: a form whose circles no one touched sends none.
//
// window.circles.paint(svg, sizes) draws the picture elsewhere, with the names and icons that data-system and data-icon
// hold somewhere in the document; .place, .word and .says tell what it holds.
(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const SYSTEMS = ['threat', 'drive', 'soothing'];
  const LARGEST = 80;   // radius of size 100
  // Each circle hangs on a point of its own near the middle and grows outwards from it, so that no circle moves
  // another. Largest neighbours just touch: with a = HUB + R on rays 120° apart, 2R = a√3 gives HUB = R(2/√3 - 1).
  const HUB = LARGEST * (2 / Math.sqrt(3) - 1) + 1;
  const RAY = {threat: [0, 1], drive: [-Math.sqrt(3) / 2, -0.5], soothing: [Math.sqrt(3) / 2, -0.5]};
  const BOX = [-163, -130, 326, 306];
  const FITS = 48;      // radius from which the name stands inside
  const TOUCH = 30;     // radius that a finger can always take hold of
  const BIG_STEP = 20;

  const within = (low, high, value) => Math.min(high, Math.max(low, value));
  const radius = (size) => LARGEST * Math.sqrt(size / 100);
  const sizeOf = (r) => 100 * (r / LARGEST) ** 2;
  const place = (system, size) => {
    const r = radius(size);
    return {r, cx: RAY[system][0] * (HUB + r), cy: RAY[system][1] * (HUB + r)};
  };

  function word(size) {
    if (size < 15) return 'very small';
    if (size < 35) return 'small';
    if (size < 65) return 'medium';
    return size < 85 ? 'large' : 'very large';
  }

  const says = (sizes) => SYSTEMS.map((system) => system + ' ' + word(sizes[system])).join(', ').replace(/^./, (c) => c.toUpperCase());

  function make(name, parent, attributes) {
    const element = parent.appendChild(document.createElementNS(SVG, name));
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  const parts = (system) => document.querySelector('[data-system="' + system + '"][data-icon]').dataset;

  function build(svg) {
    svg.setAttribute('viewBox', BOX.join(' '));
    svg.setAttribute('role', 'img');
    for (const system of SYSTEMS) {
      const group = make('g', svg, {class: system, 'data-part': system});
      make('circle', group, {class: 'fill'});
      make('circle', group, {class: 'drawn__texture', fill: 'url(#pt-' + system + ')', mask: 'url(#keep-rim)'});
      make('path', group, {class: 'drawn__icon', d: parts(system).icon});
      make('text', group, {}).textContent = parts(system).name;
      make('circle', group, {class: 'drawn__hold'});
    }
  }

  function paint(svg, sizes) {
    if (!svg.firstChild) build(svg);
    svg.setAttribute('aria-label', says(sizes));
    for (const group of svg.children) {
      const system = group.dataset.part;
      const {r, cx, cy} = place(system, sizes[system]);
      const inside = r >= FITS;
      const scale = within(0.55, 1.1, r / 48);   // of an icon of 32
      for (const circle of group.querySelectorAll('circle')) {
        circle.setAttribute('cx', cx.toFixed(1));
        circle.setAttribute('cy', cy.toFixed(1));
        circle.setAttribute('r', (circle.matches('.drawn__hold') ? Math.max(r, TOUCH) : r).toFixed(1));
      }
      const [icon, text] = [group.querySelector('path'), group.querySelector('text')];
      icon.setAttribute('transform', 'translate(' + (cx - 16 * scale) + ' ' + (cy - 16 * scale - (inside ? 12 : 0)) + ') scale(' + scale + ')');
      text.setAttribute('class', inside ? 'on' : '');
      text.setAttribute('x', cx.toFixed(1));
      text.setAttribute('y', (inside ? cy + 26 : (RAY[system][1] > 0 ? cy + r + 20 : cy - r - 9)).toFixed(1));
    }
  }

  function start(root) {
    if (root.dataset.ready) return;
    root.dataset.ready = 'yes';
    const rows = Object.fromEntries([...root.querySelectorAll('[data-system]')].map((row) => [row.dataset.system, row]));
    const slider = (system) => rows[system].querySelector('input');
    const svg = root.querySelector('[data-circles-picture]');
    const said = root.querySelector('[data-circles-said]');
    const prefix = root.dataset.circlesForm;
    const field = (system) => root.closest('form').elements[prefix + system];
    const out = root.querySelector('[data-circles-out]');
    const sizes = () => Object.fromEntries(SYSTEMS.map((system) => [system, Number(slider(system).value)]));

    function show() {
      const now = sizes();
      paint(svg, now);
      for (const system of SYSTEMS) {
        slider(system).setAttribute('aria-valuetext', word(now[system]) + ', ' + now[system] + ' of 100');
        slider(system).style.setProperty('--at', (now[system] - 5) / 95 * 100 + '%');
        rows[system].querySelector('[data-word]').textContent = word(now[system]);
      }
    }

    function changed() {
      show();
      const now = sizes();
      if (prefix) for (const system of SYSTEMS) field(system).value = now[system];
      if (out) out.hidden = false;
      root.dispatchEvent(new CustomEvent('circles:change', {bubbles: true, detail: now}));
    }

    function size(system, value) {
      slider(system).value = Math.round(within(5, 100, value));
      changed();
    }

    const say = (system) => { said.textContent = rows[system].dataset.name + ' ' + word(sizes()[system]); };

    for (const system of SYSTEMS) {
      slider(system).addEventListener('input', changed);
      slider(system).addEventListener('keydown', (event) => {
        // Browsers disagree about these keys; a step of one in a hundred would not be seen.
        const step = {ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: BIG_STEP, PageDown: -BIG_STEP}[event.key];
        if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        size(system, sizes()[system] + step);
      });
      for (const button of rows[system].querySelectorAll('[data-step]')) {
        button.addEventListener('click', () => { size(system, sizes()[system] + Number(button.dataset.step)); say(system); });
      }
    }

    // Dragging. The circle's inner point stays, so the part of the circle that was taken stays under the finger.
    let held = null;
    const far = (event, system) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      return Math.hypot(at.x - RAY[system][0] * HUB, at.y - RAY[system][1] * HUB);
    };
    svg.addEventListener('pointerdown', (event) => {
      const group = event.target.closest('[data-part]');
      if (!group || (held && svg.hasPointerCapture(held.pointer)) || event.button > 0) return;
      const system = group.dataset.part;
      const r = radius(sizes()[system]);
      held = {pointer: event.pointerId, system, r, from: far(event, system)};
      svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    // A finger on a circle sizes it, and beside the circles it scrolls; touch-action cannot tell these shapes apart.
    svg.addEventListener('touchstart', (event) => {
      if (event.target.closest('[data-part]')) event.preventDefault();
    }, {passive: false});
    svg.addEventListener('pointermove', (event) => {
      if (!held || event.pointerId !== held.pointer) return;
      const {system, r, from} = held;
      const grown = r + (far(event, system) - from) * r / Math.max(from, r);
      size(system, sizeOf(Math.max(0, grown)));
    });
    const letGo = (event) => {
      if (!held || event.pointerId !== held.pointer) return;
      say(held.system);
      held = null;
    };
    svg.addEventListener('pointerup', letGo);
    svg.addEventListener('pointercancel', letGo);

    root.addEventListener('circles:set', (event) => {
      for (const system of SYSTEMS) slider(system).value = event.detail[system];
      show();
    });

    if (out) out.addEventListener('click', () => {
      for (const system of SYSTEMS) { field(system).value = ''; slider(system).value = slider(system).defaultValue; }
      show();
      out.hidden = true;
      said.textContent = 'Your answer will be sent without circles.';
      slider('threat').focus();
    });

    if (prefix && SYSTEMS.every((system) => field(system).value !== '')) {
      for (const system of SYSTEMS) slider(system).value = field(system).value;
      out.hidden = false;
    }
    show();
    root.querySelector('[data-circles-plain]')?.setAttribute('hidden', '');
    root.querySelector('[data-circles-widget]').hidden = false;
  }

  const startAll = () => document.querySelectorAll('[data-circles]').forEach(start);
  window.circles = {SYSTEMS, BOX, FITS, place, word, says, paint, parts};
  document.addEventListener('htmx:after:settle', startAll);
  document.addEventListener('live:replaced', startAll);
  startAll();
})();
