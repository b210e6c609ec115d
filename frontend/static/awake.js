// The screen stays awake while a group looks at it: always on the shared screen, on a phone while a vote is open.
// Browsers allow it on https only, and take it back when the page is hidden.
(() => {
  if (!navigator.wakeLock) return;
  let lock = null;
  const wanted = () => !document.hidden && Boolean(document.querySelector('.room--screen, .phone--vote, #check-in'));

  async function settle() {
    if (wanted() && !lock) {
      try {
        lock = await navigator.wakeLock.request('screen');
        lock.addEventListener('release', () => { lock = null; });
      } catch { lock = null; }   // battery saver, or not allowed here
    } else if (!wanted() && lock) {
      lock.release();
    }
  }
  for (const event of ['visibilitychange', 'live:replaced', 'htmx:after:settle']) document.addEventListener(event, settle);
  settle();
})();
