// The end of a group on the page that followed it: thanks and goodbye in the place of the step. What someone drew or
// wrote for themselves stays, with the ways to save it, until this page is closed; a reload brings it back once more.
window.farewell = (() => {
  const OWNER = 'three-circles:goodbye';
  const inTab = (work) => { try { return work(window.sessionStorage); } catch { return null; } };

  function show(main, html) {
    const fresh = document.createElement('template');
    fresh.innerHTML = html;
    const live = new Set();
    for (const part of main.querySelectorAll('[data-stay][id]')) {
      const twin = fresh.content.getElementById(part.id);
      if (!twin) continue;
      twin.replaceWith(part);
      live.add(part);
    }
    // Where the browser keeps nothing, what is in the page is all there is, drawn or not.
    const remembers = inTab((tab) => { tab.setItem(OWNER, ''); tab.removeItem(OWNER); return true; });
    const own = [...fresh.content.querySelectorAll('[data-farewell]')];
    const kept = own.filter((part) => (!remembers && [...live].some((one) => part.contains(one))) || window.here?.recall(part.dataset.farewell, part.dataset.group));
    for (const part of own) if (!kept.includes(part)) part.remove();
    if (!kept.length) fresh.content.querySelector('[data-farewells]')?.remove();
    main.replaceChildren(fresh.content);
    if (kept.length) inTab((tab) => tab.setItem(OWNER, html));
    document.dispatchEvent(new CustomEvent('live:replaced', {detail: {same: false}}));
  }

  const again = document.querySelector('.phone--ended') && inTab((tab) => tab.getItem(OWNER));
  if (again) show(document.querySelector('.phone--ended').parentElement, again);
  return {show};
})();
