// No one can scroll the shared screen: what is longer than it, such as a very long story, is set smaller until it fits.
(() => {
  const LEAST = 0.55;
  function fit() {
    const root = document.documentElement;
    if (matchMedia('(max-width:860px)').matches) return root.style.removeProperty('--fit');
    for (let size = 1; size >= LEAST; size -= 0.05) {
      root.style.setProperty('--fit', size.toFixed(2));
      if (root.scrollHeight <= window.innerHeight && root.scrollWidth <= window.innerWidth) return;
    }
  }
  document.addEventListener('live:replaced', fit);
  window.addEventListener('resize', fit);
  document.fonts?.ready.then(fit);
})();
