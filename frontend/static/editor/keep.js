// What is not saved yet is kept on this device, until it is saved or somebody decides against it.
window.Keep = (() => {
  const key = (whose) => 'draft:' + whose;

  // Whether it could be kept: storage may be switched off or full.
  function write(whose, what) {
    try { window.localStorage.setItem(key(whose), JSON.stringify(what)); return true; } catch { return false; }
  }

  function read(whose) {
    try {
      const kept = JSON.parse(window.localStorage.getItem(key(whose)) || 'null');
      return kept && Array.isArray(kept.fields) ? kept : null;
    } catch { return null; }
  }

  function drop(whose) {
    try { window.localStorage.removeItem(key(whose)); } catch { /* there was none */ }
  }

  for (const [what, event] of [['form', 'submit'], ['a', 'click']]) {
    for (const choice of document.querySelectorAll(what + '[data-settles]')) choice.addEventListener(event, () => drop(choice.dataset.settles));
  }
  return {write, read, drop};
})();
