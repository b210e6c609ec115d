// Keys while a story is open: 1, 2, 3 choose a circle, 4 "not enough information", Enter sends or continues.
// A reader can turn them off, since single keys get in the way of speech input and some screen readers.
(() => {
  const OFF = 'three-circles-keys-off';
  const ANSWERS = {1: 'threat', 2: 'drive', 3: 'soothing', 4: 'unsure'};
  const isOff = () => { try { return localStorage.getItem(OFF) === '1'; } catch { return false; } };

  const label = (button) => {
    button.hidden = false;
    button.textContent = isOff() ? 'Turn keyboard shortcuts on' : 'Keyboard shortcuts: 1, 2, 3, 4 and Enter. Turn them off';
    button.setAttribute('aria-pressed', String(!isOff()));
  };
  const labelAll = () => document.querySelectorAll('[data-keys]').forEach(label);
  labelAll();
  document.addEventListener('htmx:after:settle', labelAll);

  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element && event.target.closest('[data-keys]');
    if (!button) return;
    try { localStorage.setItem(OFF, isOff() ? '0' : '1'); } catch { return; }
    label(button);
  });

  document.addEventListener('keydown', (event) => {
    if (isOff() || event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.matches('input:not([type=radio]), textarea, select')) return;
    if (event.key in ANSWERS) {
      const radio = document.querySelector(`input[name=system][value=${ANSWERS[event.key]}]`);
      if (!radio) return;
      event.preventDefault();
      radio.checked = true;
      radio.focus();
    } else if (event.key === 'Enter' && !target.closest('a, button, summary, input')) {
      const next = document.querySelector('.outcome__next .btn--main');
      if (!next) return;
      event.preventDefault();
      next.click();
    }
  });
})();
