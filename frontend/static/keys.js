// The keys of the facilitator view, for a presenter's clicker: forwards presses the large button, backwards presses "Back".
(() => {
  const PAUSE = 600;   // a second press so soon after the first is taken as the same one
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

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (typing(target)) return;
    const forwards = ['ArrowRight', 'PageDown'].includes(event.key) || (event.key === ' ' && !pressable(target));
    const backwards = ['ArrowLeft', 'PageUp'].includes(event.key);
    if (!forwards && !backwards) return;
    if (target.closest('.scroller')) return;
    const button = document.getElementById(forwards ? 'go' : 'back');
    event.preventDefault();
    if (button && !button.disabled && !event.repeat) button.click();
  });
})();
