// What is not saved yet is kept on this device, until it is saved or someone decides against it.
window.Keep = (() => {
  const TABS = ['write', 'source'];   // each keeps its own, since neither knows the other's fields
  const key = (whose, tab) => 'draft:' + whose + ':' + tab;

  // Whether it could be kept: storage may be switched off or full.
  function write(whose, what) {
    try { window.localStorage.setItem(key(whose, what.tab), JSON.stringify(what)); return true; } catch { return false; }
  }

  function read(whose, tab) {
    try {
      const kept = JSON.parse(window.localStorage.getItem(key(whose, tab)) || 'null');
      return kept && Array.isArray(kept.fields) ? kept : null;
    } catch { return null; }
  }

  function drop(whose, tab) {
    try { window.localStorage.removeItem(key(whose, tab)); } catch { /* there was none */ }
  }

  for (const [what, event] of [['form', 'submit'], ['a', 'click']]) {
    for (const choice of document.querySelectorAll(what + '[data-settles]')) choice.addEventListener(event, () => TABS.forEach((tab) => drop(choice.dataset.settles, tab)));
  }
  return {write, read, drop};
})();
