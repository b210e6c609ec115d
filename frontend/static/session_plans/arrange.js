// Reorders steps by drag, with mouse, pen or finger. The buttons do the same; both send the form.
(() => {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)');
  const ready = new WeakSet();

  function start() {
    const list = document.querySelector('[data-steps]');
    if (!list || ready.has(list)) return;
    ready.add(list);
    for (const grip of list.querySelectorAll('[data-grip]')) grip.hidden = false;
    Sortable.create(list, {
      handle: '[data-grip]',
      draggable: '[data-number]',
      animation: still.matches ? 0 : 150,
      forceFallback: true,   // the same with a finger as with a mouse
      ghostClass: 'is-place',
      fallbackClass: 'is-carried',
      onEnd(event) {
        if (event.oldDraggableIndex === event.newDraggableIndex) return;
        const order = list.closest('form').querySelector('[data-order]');
        order.value = 'order ' + [...list.querySelectorAll('[data-number]')].map((step) => step.dataset.number).join(' ');
        order.click();
      },
    });
  }

  // The button that was pressed goes with its step: anyone who moves a step by keyboard goes on pressing.
  function follow() {
    const button = document.querySelector('#steps [data-focus]');
    if (!button) return;
    button.removeAttribute('data-focus');
    button.focus();
  }

  document.addEventListener('htmx:after:settle', () => { start(); follow(); });
  start();
})();
