// The keys of the facilitator view, for a presenter's clicker too: forwards presses the large button, backwards presses
// "Back". Letters can be turned off, since single keys get in the way of speech input and some screen readers.
(() => {
  const PAUSE = 600;   // a second press so soon after the first is taken as the same one
  const OFF = 'three-circles-keys-off';
  const BUTTONS = {ArrowRight: ['go'], PageDown: ['go'], ' ': ['go'], ArrowLeft: ['back'], PageUp: ['back'], b: ['curtain', 'blank'], '.': ['curtain', 'blank'], p: ['curtain', 'pause-all'], w: ['turn']};
  const box = document.getElementById('keys');
  const letters = document.querySelector('[data-letters]');
  const isOff = () => { try { return localStorage.getItem(OFF) === '1'; } catch { return false; } };
  let last = -PAUSE;

  const typing = (target) => target.closest('input, select, textarea, [contenteditable]');
  const pressable = (target) => target.closest('a, button, summary');

  // Also for mouse and touch: a double click would otherwise press the next step's button.
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element) || !event.target.closest('#go, #back, .go button')) return;
    if (performance.now() - last < PAUSE) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    last = performance.now();
  }, true);

  function press(key) {
    const button = BUTTONS[key].map((id) => document.getElementById(id)).find(Boolean);
    if (button && !button.disabled) button.click();
  }

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (typing(target) || box.open) return;
    const letter = event.key.length === 1 && event.key !== ' ';
    if (letter && isOff()) return;
    if (event.key === '?') { event.preventDefault(); return open(); }
    const key = letter ? event.key.toLowerCase() : event.key;
    if (!(key in BUTTONS) || event.shiftKey) return;
    if ((key === ' ' && pressable(target)) || target.closest('.scroller')) return;
    event.preventDefault();
    if (!event.repeat) press(key);
  });

  // What is pressed in the window of the shared screen.
  if (window.BroadcastChannel) {
    new BroadcastChannel('three-circles' + location.pathname.replace(/\/console$/, '')).addEventListener('message', (event) => {
      if (typeof event.data === 'string' && event.data in BUTTONS && !box.open && !(event.data.length === 1 && event.data !== ' ' && isOff())) press(event.data);
    });
  }

  function name() { letters.textContent = isOff() ? 'Turn letter keys on' : 'Turn letter keys off'; }
  function open() { name(); box.showModal(); }
  const opener = document.querySelector('[data-keys-open]');
  opener.hidden = false;
  opener.addEventListener('click', open);
  document.querySelector('[data-keys-close]').addEventListener('click', () => box.close());
  letters.addEventListener('click', () => {
    try { localStorage.setItem(OFF, isOff() ? '0' : '1'); } catch { return; }
    name();
  });
})();
